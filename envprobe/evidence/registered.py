"""What the kernel registry says of a cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from envprobe.evidence.node import dtype_attr_of, node_attrs
from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.matrix import Device
from envprobe.ops.catalog import load_catalog, resolve
from envprobe.ops.row import Row
from envprobe.registrations import Registrations
from envprobe.registrations.gradient_kernels import gradient_gap
from envprobe.registrations.lookup import find_kernel

# The device type under which XLA registers what it can compile for a device.
COMPILER_OF = {"CPU": "XLA_CPU_JIT", "GPU": "XLA_GPU_JIT", "TPU": "XLA_TPU_JIT"}


def registry_device_type(device_type: str, mode: str) -> str:
    """The device type that the registry knows a cell's kernel under: `XLA_CPU_JIT` for xla."""
    return COMPILER_OF.get(device_type, device_type) if mode == "xla" else device_type


def is_registered(
    registrations: Registrations, catalog: Mapping[str, Row], key: CellKey, device_type: str
) -> bool | None:
    """Whether TensorFlow registers what the cell needs, for exactly its attributes.

    For a gradient that is the op's kernel, a gradient function, and kernels for all that the
    function is known to use. None where the registry cannot tell: for composites, which are many
    ops, for gradients that could not be traced, and for XLA where its kernels did not register.
    """
    row = catalog.get(key.op)
    definition = registrations.ops.get(key.op)
    if row is None or row.composite or definition is None:
        return None
    if key.mode == "xla" and registrations.xla:
        return None
    place = registry_device_type(device_type, key.mode)
    attrs = node_attrs(resolve(key.op, row, key.variant, key.dtype), definition)
    if find_kernel(registrations, key.op, place, attrs) is None:
        return False
    if key.direction == "forward":
        return True
    dtype = attrs.get(dtype_attr_of(row, definition) or "", key.dtype)
    if gradient_gap(registrations, key.op, place, dtype) is not None:
        return False
    # Nothing is known to be missing; where the gradient was not traced, that proves nothing.
    return None if registrations.gradients[key.op].nodes_in(dtype) is None else True


def beside_registry(
    cells: Iterable[Cell], registrations: Registrations | None, devices: Iterable[Device]
) -> tuple[Cell, ...]:
    """The cells, each with what the registry says of it; as they are where there is none."""
    if registrations is None:
        return tuple(cells)
    catalog = load_catalog()
    device_types = {device.name: device.device_type for device in devices}
    return tuple(
        msgspec.structs.replace(
            cell,
            registered=is_registered(registrations, catalog, cell.key, device_types[cell.device]),
        )
        for cell in cells
    )
