"""The files of `kernels_matrix/disagreements/`: registered kernels that were seen not to work."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Literal

import msgspec

from envprobe.errors import FileFormatError
from envprobe.matrix.cell import Cell
from envprobe.matrix.disagreement import disagreements
from envprobe.matrix.matrix import Matrix
from envprobe.terms import DTYPES, Direction, Mode, Status

if TYPE_CHECKING:
    from importlib.abc import Traversable

FORMAT_VERSION = 1


class DisagreementRow(msgspec.Struct, frozen=True, kw_only=True):
    """Cells of an op that differ in the dtype alone; `reason` is that of the first.

    `registered` is what the registry says, `status` what the execution came to.
    """

    op: str
    variant: str
    direction: Direction
    mode: Mode
    registered: bool
    status: Status
    dtypes: tuple[str, ...]
    reason: str | None


class Disagreements(msgspec.Struct, frozen=True, kw_only=True):
    """What one release's registry and its execution on one kind of device disagree on.

    `preset` is what was asked: a cell of it that is not in `rows` agreed, or was not judged.
    """

    kind: Literal["disagreements"] = "disagreements"
    format_version: int = FORMAT_VERSION
    tensorflow: str
    device_type: str
    model: str | None
    onednn: bool | None
    preset: str
    rows: tuple[DisagreementRow, ...]


def disagreements_folder() -> Traversable:
    """The folder of the recorded files, wherever the package lies."""
    return resources.files("kernels_matrix") / "disagreements"


def file_name(tensorflow: str, device_type: str) -> str:
    """The name of the file for a release and a device type."""
    return f"tensorflow-{tensorflow}-{device_type.lower()}.json"


@functools.cache
def known_disagreements(tensorflow: str, device_type: str) -> Disagreements | None:
    """What was recorded for a release on a device type; None where nothing was."""
    file = disagreements_folder() / file_name(tensorflow, device_type)
    if not file.is_file():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=Disagreements)
    except msgspec.DecodeError as error:
        raise FileFormatError(f"disagreements/{file.name}: {error}") from error


def recorded_cells(tensorflow: str, device_type: str, op: str) -> tuple[Cell, ...]:
    """The recorded cells of an op, on the device `CPU` (no number: it is not this machine's)."""
    known = known_disagreements(tensorflow, device_type)
    return tuple(
        Cell(
            op=op,
            variant=row.variant,
            dtype=dtype,
            device=device_type,
            direction=row.direction,
            mode=row.mode,
            status=row.status,
            reason=row.reason,
            registered=row.registered,
        )
        for row in (known.rows if known else ())
        if row.op == op
        for dtype in row.dtypes
    )


def disagreements_of(matrix: Matrix, device: str) -> Disagreements:
    """What a matrix shows of one of its devices. Raises StopIteration for one it does not have."""
    found = next(known for known in matrix.devices if known.name == device)
    cells = [cell for cell in disagreements(matrix.cells) if cell.device == device]
    return Disagreements(
        tensorflow=matrix.environment.tensorflow or "unknown",
        device_type=found.device_type,
        model=found.model,
        onednn=matrix.environment.onednn,
        preset=matrix.scan.preset,
        rows=_rows(cells),
    )


def encode_disagreements(disagreements: Disagreements) -> bytes:
    """The file's bytes: one row a line."""
    fields = msgspec.structs.asdict(disagreements)
    rows = b",\n    ".join(msgspec.json.encode(row) for row in fields.pop("rows"))
    head = b"".join(
        b'  "%s": %s,\n' % (name.encode(), msgspec.json.encode(value))
        for name, value in fields.items()
    )
    return b"{\n" + head + b'  "rows": [\n    ' + rows + b"\n  ]\n}\n"


def _rows(cells: Iterable[Cell]) -> tuple[DisagreementRow, ...]:
    alike: dict[tuple[str, str, str, str, bool, str], list[Cell]] = {}
    for cell in cells:
        place = (cell.op, cell.variant, cell.direction, cell.mode)
        alike.setdefault((*place, bool(cell.registered), cell.status.value), []).append(cell)
    return tuple(_row(alike[key]) for key in sorted(alike))


def _row(cells: Sequence[Cell]) -> DisagreementRow:
    first, dtypes = cells[0], {cell.dtype for cell in cells}
    return DisagreementRow(
        op=first.op,
        variant=first.variant,
        direction=first.direction,
        mode=first.mode,
        registered=bool(first.registered),
        status=first.status,
        dtypes=tuple(dtype for dtype in DTYPES if dtype in dtypes),
        reason=first.reason,
    )
