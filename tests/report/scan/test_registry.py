"""The section on registry and execution."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.console import Console

from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Matrix
from envprobe.registrations.record import RegistryRecord
from envprobe.report.scan.registry import registry
from envprobe.report.symbols import alphabet_for
from envprobe.terms import Status

RECORD = RegistryRecord(tensorflow="2.21.0", digest="a", base="2.21.0", base_digest="a")


def lines(matrix: Matrix) -> list[str]:
    console = Console(width=100, highlight=False)
    with console.capture() as captured:
        for part in registry(matrix, alphabet_for("utf-8")):
            console.print(part)
    return [line.rstrip() for line in captured.get().splitlines()]


def matrix_of(make_result: Any, cells: list[Cell], **changes: Any) -> Matrix:
    matrix: Matrix = make_result(*cells).matrix
    return msgspec.structs.replace(matrix, **{"registrations": RECORD, **changes})


def test_what_is_registered_and_refuses_is_told_with_its_scope(
    make_cell: Any, make_result: Any
) -> None:
    matrix = matrix_of(
        make_result,
        [
            make_cell(op="Conv2D", variant="nhwc", registered=True),
            make_cell(
                op="Conv2D",
                variant="nchw",
                registered=True,
                status=Status.UNIMPLEMENTED,
                reason="no",
            ),
        ],
    )
    assert lines(matrix) == [
        "They disagree on 1 of 2 cells:",
        "u registered, unimplemented on CPU:0: 1 cell of 1 op",
        "  float32 (nchw): Conv2D",
    ]


def test_what_works_without_being_registered_is_told_too(make_cell: Any, make_result: Any) -> None:
    matrix = matrix_of(make_result, [make_cell(registered=False)])
    assert "✓ supported, not registered on CPU:0: 1 cell of 1 op" in lines(matrix)


def test_agreement_is_said_with_how_many_cells_it_rests_on(
    make_cell: Any, make_result: Any
) -> None:
    cells = [
        make_cell(registered=True),
        make_cell(op="Lu", registered=False, status=Status.NO_KERNEL, reason="none"),
        make_cell(op="lstm", registered=None),
    ]
    told = lines(matrix_of(make_result, cells))
    assert told == ["They agree on all 2 cells that the registry speaks of."]


def test_a_registry_that_could_not_be_read_is_said_with_the_reason(
    make_cell: Any, make_result: Any
) -> None:
    matrix = matrix_of(
        make_result, [make_cell()], registrations=None, registrations_unknown="it died by SIGSEGV"
    )
    assert lines(matrix) == ["The registry could not be read: it died by SIGSEGV"]
