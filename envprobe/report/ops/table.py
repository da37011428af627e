"""Several ops: what is registered for each dtype, as the scan shows what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from envprobe.evidence.op_view import OpView
from envprobe.evidence.ops_result import OpsResult
from envprobe.matrix.disagreement import disagrees
from envprobe.report.ops.section import Part, names, section, words
from envprobe.report.ops.signs import ORDER, STATE_MARKS, legend_of, marks_of
from envprobe.report.scan.fold import fold_by_op
from envprobe.report.symbols import SIGNS, Alphabet, Mark
from envprobe.report.table import legend, op_table
from envprobe.report.units import count

Rows = dict[str, dict[str, Mark]]


def table(result: OpsResult, width: int, alphabet: Alphabet) -> Iterator[Part]:
    """A table a device type (alike ones share it), its signs, then what was measured."""
    told = f"{count(len(result.ops), 'op')}. `envprobe ops NAME` shows one in full."
    if result.left_out:
        told += f" {count(result.left_out, 'more op')} cannot have the dtype {result.dtype}."
    yield from words(told, width, alphabet)
    used: set[Mark] = set()
    for device_types, rows, whole in _by_device_type(result.ops):
        used |= {mark for row in rows.values() for mark in row.values()} | set(whole)
        title = f"Registered for {' and '.join(device_types)}"
        if result.dtype:
            body = _by_mark(_of_dtype(rows, result.dtype), width, alphabet)
        else:
            body = iter(
                [
                    *(op_table(rows, width, alphabet) if rows else ()),
                    *_by_mark(whole, width, alphabet, " without a dtype"),
                ]
            )
        yield from section(title, body, width, alphabet)
    yield Text()
    yield from legend_of(used, width, alphabet)
    yield from _measured(result, width, alphabet)


def _by_device_type(
    ops: Sequence[OpView],
) -> list[tuple[list[str], Rows, dict[Mark, list[str]]]]:
    """Device types, marks by op and dtype, and the ops without a dtype by their mark."""
    tables: list[tuple[list[str], Rows, dict[Mark, list[str]]]] = []
    every = [on.device_type for on in ops[0].registered] if ops else []
    for place, device_type in enumerate(every):
        rows: Rows = {}
        whole: dict[Mark, list[str]] = {}
        for view in ops:
            on = view.registered[place]
            if marks := marks_of(on.dtypes):
                rows[view.op] = marks
            else:
                whole.setdefault(STATE_MARKS[on.state], []).append(view.op)
        same = next((t for t in tables if (t[1], t[2]) == (rows, whole)), None)
        if same:
            same[0].append(device_type)
        else:
            tables.append(([device_type], rows, whole))
    return tables


def _of_dtype(rows: Rows, dtype: str) -> dict[Mark, list[str]]:
    found: dict[Mark, list[str]] = {}
    for op, marks in rows.items():
        if dtype in marks:
            found.setdefault(marks[dtype], []).append(op)
    return found


def _by_mark(
    by_mark: dict[Mark, list[str]], width: int, alphabet: Alphabet, told: str = ""
) -> Iterator[Text]:
    """The names of the ops behind each sign, where there are no columns."""
    for mark in (mark for mark in ORDER if mark in by_mark):
        line = Text(alphabet.sign(mark), style=SIGNS[mark].style)
        yield line.append(f" {count(len(by_mark[mark]), 'op')}{told}", style="default not bold")
        yield from names(by_mark[mark], width)


def _measured(result: OpsResult, width: int, alphabet: Alphabet) -> Iterator[Part]:
    cells = [cell for view in result.ops for cell in view.cells]
    for device in dict.fromkeys(cell.device for cell in cells):
        those = [cell for cell in cells if cell.device == device]
        folded = fold_by_op(those)
        tensorflow = result.matrix.tensorflow if result.matrix else None
        body: list[Part | str] = [*op_table(folded, width, alphabet)]
        body += legend({m for row in folded.values() for m in row.values()}, width, alphabet)
        contradicted = sorted({cell.op for cell in those if disagrees(cell)}, key=str.lower)
        if contradicted:
            body.append("Registry and execution disagree:")
            body += names(contradicted, width)
        yield from section(
            f"Measured on {device} with TensorFlow {tensorflow}", body, width, alphabet
        )
