"""The cells that are fetched again for a profile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from envprobe.cluster.answer import answer_for
from envprobe.cluster.evidence import FullScan, Keys, evidence_for, full_scan
from envprobe.cluster.node_scan import NodeScan
from envprobe.errors import FileFormatError
from envprobe.matrix import Cell, read_matrix
from envprobe.terms import Status

MakeCell = Callable[..., Cell]
WriteNode = Callable[..., Path]


def scanned(*paths: Path) -> tuple[list[NodeScan], dict[str, Keys]]:
    answers = [answer_for(str(path), {}) for path in paths]
    scans = [answer.scan for answer in answers if answer.scan is not None]
    return scans, {a.scan.questions: a.keys for a in answers if a.scan and a.keys}


def test_only_the_scans_that_add_something_are_read_again(
    write_node: WriteNode, make_cell: MakeCell
) -> None:
    bad = make_cell(status=Status.FAILED, reason="old")
    newer_bad = make_cell(status=Status.FAILED, reason="new")
    scans, questions = scanned(
        write_node("a", make_cell(), day=1),
        write_node("b", make_cell(), day=5),
        write_node("c", bad, day=2),
        write_node("d", newer_bad, day=3),
        write_node("e", make_cell(seconds_median=1e-3), day=4),
    )
    read: list[str] = []

    def load(scan: NodeScan) -> FullScan:
        read.append(scan.name)
        return full_scan(read_matrix(Path(scan.source)))

    evidence = evidence_for(scans, questions, load)
    assert read == ["b", "e", "d"]
    key = make_cell().key
    assert evidence.cells[key, Status.FAILED].reason == "new"
    assert evidence.timed[key].seconds_median == 1e-3
    assert evidence.cells[key, Status.SUPPORTED].seconds_median is None


def test_a_file_that_changed_in_between_is_an_error(
    write_node: WriteNode, make_cell: MakeCell
) -> None:
    path = write_node("a", make_cell())
    scans, questions = scanned(path)
    write_node("a", make_cell(status=Status.FAILED, reason="r"))
    with pytest.raises(FileFormatError, match="was changed while it was merged"):
        evidence_for(scans, questions, lambda scan: full_scan(read_matrix(Path(scan.source))))
