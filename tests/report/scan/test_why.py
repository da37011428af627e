from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from rich.console import Console

from envprobe.matrix.cell import Cell
from envprobe.report.scan.scope import MOST_OPS
from envprobe.report.scan.why import MOST_REASONS, ORDER, reasons_of, why
from envprobe.report.symbols import Alphabet
from envprobe.terms import Status

MakeCell = Callable[..., Cell]


def shown(cells: Sequence[Cell]) -> list[str]:
    console = Console(file=io.StringIO(), width=400)
    for part in why(cells, Alphabet(unicode=True)):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_reasons_that_differ_only_in_op_dtype_and_numbers_are_one(make_cell: MakeCell) -> None:
    cells = [
        make_cell(op=op, dtype=dtype, status=Status.WRONG_RESULT,
                  reason=f"{op} in {dtype} is off by {error}")
        for op, dtype, error in (("Exp", "float16", "3.1e-2"), ("Log", "bfloat16", "12"))
    ]  # fmt: skip
    assert len(reasons_of(cells, Status.WRONG_RESULT)) == 1
    other = make_cell(status=Status.WRONG_RESULT, reason="the output holds NaN")
    assert len(reasons_of([*cells, other], Status.WRONG_RESULT)) == 2


def test_variant_direction_and_mode_stand_only_where_they_narrow(make_cell: MakeCell) -> None:
    cells = [
        make_cell(op="Conv2D", variant=variant, direction=direction,
                  status=Status.NO_KERNEL if variant == "nchw" else Status.SUPPORTED,
                  reason="no kernel" if variant == "nchw" else None)
        for variant in ("nhwc", "nchw")
        for direction in ("forward", "gradient")
    ]  # fmt: skip
    lines = shown(cells)
    assert lines[0] == "– no_kernel: 2 cells of 1 op"
    assert lines[2].strip() == "float32 (nchw): Conv2D"


def test_ops_with_the_same_scope_share_a_line_and_the_line_is_capped(make_cell: MakeCell) -> None:
    cells = [make_cell(op=f"Op{n:03d}", status=Status.NO_KERNEL, reason="none") for n in range(40)]
    lines = shown(cells)
    assert len(lines) == 3
    assert lines[2].strip().startswith("float32: Op000, Op001")
    assert lines[2].endswith(f"… and {40 - MOST_OPS} more ops (see the file)")


def test_reasons_are_capped_too(make_cell: MakeCell) -> None:
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
    cells = [make_cell(status=Status.FAILED, reason=f"{word} trouble") for word in words]
    lines = shown(cells)
    left = len(words) - MOST_REASONS
    assert lines[-1].strip() == f"… and {left} more reasons (see the file)"


def test_what_the_op_does_not_allow_is_no_reason_to_explain(make_cell: MakeCell) -> None:
    assert shown([make_cell(status=Status.INVALID_DTYPE, reason="not in the list")]) == []


def test_every_other_status_is_explained_gravest_first(make_cell: MakeCell) -> None:
    silent = {Status.SUPPORTED, Status.INVALID_DTYPE}
    assert set(ORDER) == set(Status) - silent
    cells = [make_cell(status=status, reason="because") for status in Status]
    heads = [line.split()[1].rstrip(":") for line in shown(cells) if line[0] != " "]
    assert heads == [status.value for status in ORDER]


def test_markup_in_a_reason_is_shown_as_it_is(make_cell: MakeCell) -> None:
    lines = shown([make_cell(status=Status.FAILED, reason="[bold]dims[/bold] [3,4]")])
    assert lines[1].strip() == "[bold]dims[/bold] [3,4]"
