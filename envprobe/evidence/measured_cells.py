"""The cells of a matrix that speak of an op, and what the registry says of each."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from envprobe.evidence.op_view import Scope
from envprobe.evidence.registered import is_registered, registry_device_type
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Matrix
from envprobe.ops.row import Row
from envprobe.registrations import Registrations


def cells_by_op(
    matrix: Matrix, catalog: Mapping[str, Row], registrations: Registrations, scope: Scope,
    ops: frozenset[str],
) -> dict[str, tuple[Cell, ...]]:  # fmt: skip
    """The measured cells of these ops within the scope, by op.

    Older matrices do not hold what the registry says of a cell: where `registrations` are of the
    same TensorFlow, it is filled in.
    """
    types = {device.name: device.device_type for device in matrix.devices}
    same = matrix.environment.tensorflow == registrations.tensorflow
    found: dict[str, list[Cell]] = {}
    for cell in matrix.cells:
        if cell.op not in ops or scope.dtype not in (None, cell.dtype):
            continue
        device_type = types.get(cell.device, cell.device.partition(":")[0])
        if registry_device_type(device_type, cell.mode) in scope.device_types:
            told = _with_registered(cell, catalog, registrations, device_type) if same else cell
            found.setdefault(cell.op, []).append(told)
    return {op: tuple(cells) for op, cells in found.items()}


def _with_registered(
    cell: Cell, catalog: Mapping[str, Row], registrations: Registrations, device_type: str
) -> Cell:
    row = catalog.get(cell.op)
    if cell.registered is not None or row is None:
        return cell
    # The catalog may have changed since; a variant that is gone says nothing any more.
    if row.variants and cell.variant not in row.variants:
        return cell
    registered = is_registered(registrations, catalog, cell.key, device_type)
    return msgspec.structs.replace(cell, registered=registered)
