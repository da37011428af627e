"""The cells of an op that were measured, device by device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from envprobe.evidence.op_view import OpView
from envprobe.evidence.ops_result import MatrixShown, OpsResult
from envprobe.matrix.cell import Cell
from envprobe.matrix.disagreement import disagreements
from envprobe.report.ops.section import Part
from envprobe.report.ops.signs import legend_of, rows_of_marks
from envprobe.report.scan.fold import fold
from envprobe.report.scan.why import why
from envprobe.report.symbols import Alphabet, Mark
from envprobe.report.units import duration
from envprobe.terms import DIRECTIONS, MODES


def measured(
    view: OpView, result: OpsResult, width: int, alphabet: Alphabet
) -> Iterator[Part | str]:
    """Marks by direction and mode, times, reasons, and where registry and execution disagree."""
    matrix = result.matrix
    if matrix is None:
        yield _nothing_yet(view)
        return
    if not view.cells:
        yield f"not in the scan of {matrix.path} (preset {matrix.preset}). {_nothing_yet(view)}"
        return
    for device in dict.fromkeys(cell.device for cell in view.cells):
        cells = [cell for cell in view.cells if cell.device == device]
        yield _headline(device, matrix)
        rows = _rows(cells)
        yield from rows_of_marks(rows, width, alphabet)
        marks = {mark for row in rows.values() for mark in row.values()}
        yield from legend_of(marks, width, alphabet, of_cells=True)
        yield from _times(cells)
        yield from why(cells, alphabet)
        yield from _disagreements(cells)


def recorded(view: OpView, alphabet: Alphabet) -> Iterator[Part | str]:
    """Where this release was seen, on another machine's CPU, not to do what it registers."""
    if view.recorded:
        yield from _disagreements(view.recorded)
        yield from why(view.recorded, alphabet)


def _nothing_yet(view: OpView) -> str:
    if view.in_catalog is None or not view.in_catalog.variants:
        return "nothing: the catalog does not ask for it alone"
    return f"`envprobe scan --op {view.op}` measures it here"


def _headline(device: str, matrix: MatrixShown) -> str:
    model = next((d.model for d in matrix.devices if d.name == device), None)
    return f"{device} {model or 'unknown model'}, TensorFlow {matrix.tensorflow}, {matrix.path}"


def _rows(cells: Sequence[Cell]) -> dict[str, dict[str, Mark]]:
    rows: dict[str, dict[str, Mark]] = {}
    for direction in DIRECTIONS:
        for mode in MODES:
            those = [c for c in cells if (c.direction, c.mode) == (direction, mode)]
            if those:
                dtypes = dict.fromkeys(cell.dtype for cell in those)
                rows[f"{direction} {mode}"] = {
                    dtype: fold(c for c in those if c.dtype == dtype) for dtype in dtypes
                }
    return rows


def _times(cells: Sequence[Cell]) -> Iterator[str]:
    """The medians, a line for each direction and mode."""
    together: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in cells:
        if cell.seconds_median is not None:
            together.setdefault((cell.variant, cell.direction, cell.mode), []).append(cell)
    for (variant, direction, mode), those in together.items():
        times = ", ".join(
            f"{cell.dtype} {duration(cell.seconds_median)}{'*' if cell.unstable else ''}"
            for cell in those
        )
        yield f"median of {variant} {direction} {mode}: {times}"
    if any(cell.unstable for cell in cells):
        yield "* unstable: the spread stayed above its bound"


def _disagreements(cells: Sequence[Cell]) -> Iterator[str]:
    together: dict[tuple[str, str], list[Cell]] = {}
    for cell in disagreements(cells):
        told = "registered, yet measured" if cell.registered else "not registered, yet measured"
        together.setdefault((f"{told} {cell.status.value}", cell.variant), []).append(cell)
    if together:
        yield "registry and execution disagree:"
    for (told, variant), those in together.items():
        dtypes, directions, modes = (
            list(dict.fromkeys(getattr(cell, field) for cell in those))
            for field in ("dtype", "direction", "mode")
        )
        scope = f"{' '.join(dtypes)}, {' and '.join(directions)}, {' and '.join(modes)}"
        yield f"  {variant}: {scope}: {told}"
