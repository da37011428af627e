"""How much is registered, probed and measured, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from envprobe.evidence.dtype_states import (
    DEVICE_TYPES,
    HAVE_KERNEL,
    dtype_attr_in,
    dtype_states,
    state_on,
)
from envprobe.evidence.registered import registry_device_type
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Matrix
from envprobe.ops.row import Row
from envprobe.registrations import Registrations
from envprobe.terms import DTYPES, Status


class DeviceTypeCount(msgspec.Struct, frozen=True, kw_only=True):
    """A device type: ops with a kernel, of these how many the catalog probes; and the cells.

    `ops_by_dtype` counts the ops with a kernel for a dtype, for the usual dtypes.
    `cells_supported` of the `cells_measured` work; untested ones are not measured.
    """

    device_type: str
    ops: int
    ops_probed: int
    ops_by_dtype: dict[str, int]
    cells_measured: int
    cells_supported: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of the whole registry and catalog, then by device type."""

    ops: int
    ops_without_kernel: int
    ops_with_gradient: int
    ops_declared_not_differentiable: int
    catalog_ops: int
    catalog_composites: int
    device_types: tuple[DeviceTypeCount, ...]


def overview(
    registrations: Registrations, catalog: Mapping[str, Row], matrix: Matrix | None
) -> Overview:
    """The numbers; without a matrix nothing was measured."""
    gradients = registrations.gradients.values()
    composites = sum(1 for row in catalog.values() if row.composite)
    cells = _cells_by_device_type(matrix)
    return Overview(
        ops=len(registrations.ops),
        ops_without_kernel=len(registrations.ops.keys() - registrations.kernels.keys()),
        ops_with_gradient=sum(1 for gradient in gradients if gradient.differentiable),
        ops_declared_not_differentiable=sum(1 for g in gradients if not g.differentiable),
        catalog_ops=len(catalog) - composites,
        catalog_composites=composites,
        device_types=tuple(
            _count(registrations, catalog, device_type, cells.get(device_type, []))
            for device_type in DEVICE_TYPES
        ),
    )


def _count(
    registrations: Registrations, catalog: Mapping[str, Row], device_type: str, cells: list[Cell]
) -> DeviceTypeCount:
    there = [
        op for op in registrations.ops if state_on(registrations, op, device_type) in HAVE_KERNEL
    ]
    by_dtype = Counter(
        dtype
        for op in there
        for dtype, state in dtype_states(
            registrations, op, device_type, dtype_attr_in(registrations, op, catalog.get(op))
        ).items()
        if state in HAVE_KERNEL
    )
    return DeviceTypeCount(
        device_type=device_type,
        ops=len(there),
        ops_probed=sum(1 for op in there if op in catalog),
        ops_by_dtype={dtype: by_dtype[dtype] for dtype in DTYPES},
        cells_measured=sum(1 for cell in cells if cell.status is not Status.UNTESTED),
        cells_supported=sum(1 for cell in cells if cell.status is Status.SUPPORTED),
    )


def _cells_by_device_type(matrix: Matrix | None) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    cells: Iterable[Cell] = matrix.cells if matrix else ()
    for cell in cells:
        place = registry_device_type(cell.device.partition(":")[0], cell.mode)
        found.setdefault(place, []).append(cell)
    return found
