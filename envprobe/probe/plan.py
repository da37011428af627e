"""From the catalog and a selection to the cells that a device is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from envprobe.matrix.cell import CellKey
from envprobe.matrix.matrix import Device
from envprobe.ops.catalog import resolve, variants_of
from envprobe.ops.row import Row, Variant
from envprobe.ops.tolerance import tolerance_of
from envprobe.probe.selection import Selection
from envprobe.terms import Direction

TF32_CAPABILITY = 8.0  # Ampere; TensorFlow uses tf32 by default from there on
# XLA packs two of these into a byte where TensorFlow keeps one: it writes past its buffers, and
# what it overwrites may be the next cell's.
PACKED = ("int4", "uint4")
NO_GRADIENT_PREFIXES = ("int", "uint", "bool", "string")


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One cell to be asked for: its key, its row, and whether it is timed when supported."""

    key: CellKey
    row: Row
    timed: bool


def plan(
    catalog: Mapping[str, Row], selection: Selection, device: Device, *, of_its_type: int = 1
) -> list[Probe]:
    """The probes for one device, those that share a reference side by side.

    `of_its_type` is how many devices of this type there are.

    Composites come first: some of them take seconds to import what they need, which then
    overlaps with everything else.
    """
    held = [(op, row) for op, row in catalog.items() if selection.holds_row(op, row)]
    held.sort(key=lambda item: (item[1].composite is None, item[0]))
    return [
        probe
        for op, row in held
        if row.least_devices <= of_its_type and _makes_sense(row, device)
        for name, variant in variants_of(row).items()
        if selection.holds_variant(row, variant)
        for probe in _probes(op, row, name, variant, selection, device)
    ]


def _makes_sense(row: Row, device: Device) -> bool:
    # A device type that envprobe has never heard of is asked about all that is not CPU-only.
    known = device.device_type in ("CPU", "GPU", "TPU")
    return device.device_type in row.devices if known else row.devices != ("CPU",)


def _probes(
    op: str, row: Row, name: str, variant: Variant, selection: Selection, device: Device
) -> Iterator[Probe]:
    working = variant.dtypes if variant.dtypes is not None else row.dtypes
    timed_dtypes = variant.timed if variant.timed is not None else row.timed
    for dtype in selection.dtypes_of(working, row.probe, composite=bool(row.composite)):
        for direction in _directions(row, variant, dtype):
            for mode in selection.modes_of():
                if mode == "xla" and (dtype in PACKED or name.endswith(PACKED)):
                    continue
                timed = dtype in timed_dtypes and selection.times(direction, mode)
                key = CellKey(op, name, dtype, device.name, direction, mode)
                yield Probe(key=key, row=row, timed=timed)


def _directions(row: Row, variant: Variant, dtype: str) -> tuple[Direction, ...]:
    gradient = variant.gradient if variant.gradient is not None else row.gradient
    if not gradient or dtype.startswith(NO_GRADIENT_PREFIXES):
        return ("forward",)
    return ("forward", "gradient")


def question(probe: Probe, device: Device, local_name: str, *, timed: bool) -> dict[str, Any]:
    """The probe as the worker's `cell` (docs/protocol.md).

    `local_name` is the device's name inside the worker, which may see only one of many GPUs.
    """
    key = probe.key
    resolved = resolve(key.op, probe.row, key.variant, key.dtype, timed=timed)
    cell: dict[str, Any] = msgspec.to_builtins(resolved)
    cell.update(
        device=local_name,
        direction=key.direction,
        mode=key.mode,
        tolerance=resolved.tolerance * tolerance_of(_arithmetic(probe.row, device, key.dtype)),
        timed=timed,
    )
    return cell


def _arithmetic(row: Row, device: Device, dtype: str) -> str:
    """The dtype that the device computes in: tf32 has the mantissa of float16."""
    if dtype != "float32" or not row.tensor_cores or device.compute_capability is None:
        return dtype
    return "float16" if float(device.compute_capability) >= TF32_CAPABILITY else dtype
