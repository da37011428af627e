"""Where a model is to run: this machine, or what the matrices hold."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path

import pytest

from envprobe.check.surroundings import surroundings_of
from envprobe.errors import FileFormatError, UsageError
from envprobe.matrix import Cell

MakeCell = Callable[..., Cell]
WriteScan = Callable[..., Path]


@pytest.fixture(autouse=True)
def _no_matrices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_without_a_matrix_it_is_this_machine() -> None:
    around = surroundings_of((), "2.21.0")
    assert around.is_here
    assert (around.matrix, around.cluster) == (None, None)
    assert {target.name for target in around.targets} == {"this machine"}
    assert any(target.device.device_type == "CPU" for target in around.targets)


def test_another_machines_matrix_is_not_here(write_scan: WriteScan, make_cell: MakeCell) -> None:
    around = surroundings_of([write_scan("elsewhere", make_cell())], "2.21.0")
    assert (around.is_here, around.matrix, around.cluster) == (False, None, None)
    assert [target.name for target in around.targets] == ["elsewhere"]


def test_this_machines_own_matrix_is_here_and_takes_cells(
    write_scan: WriteScan, make_cell: MakeCell
) -> None:
    path = write_scan(platform.node(), make_cell())
    around = surroundings_of([path], "2.21.0")
    assert (around.is_here, around.matrix) == (True, path)


def test_a_cluster_is_not_here_even_with_this_machine_in_it(
    write_scan: WriteScan, make_cell: MakeCell
) -> None:
    here = write_scan(platform.node(), make_cell())
    around = surroundings_of([here, write_scan("elsewhere", make_cell())], "2.21.0")
    assert (around.is_here, around.matrix) == (False, None)
    assert around.cluster is not None
    assert {node.name for node in around.cluster.nodes} == {platform.node(), "elsewhere"}


def test_only_the_models_ops_tell_nodes_apart(write_scan: WriteScan, make_cell: MakeCell) -> None:
    from envprobe.terms import Status

    write_scan("n1", make_cell("Relu"), make_cell("Tanh"))
    write_scan("n2", make_cell("Relu"), make_cell("Tanh"))
    odd = make_cell("Tanh", status=Status.WRONG_RESULT)
    folder = write_scan("n3", make_cell("Relu"), odd).parent
    assert len(surroundings_of([folder], "2.21.0", ops=("Relu",)).targets) == 1
    assert len(surroundings_of([folder], "2.21.0", ops=("Tanh",)).targets) == 2
    assert len(surroundings_of([folder], "2.21.0").targets) == 2


def test_another_release_there_is_noted(write_scan: WriteScan, make_cell: MakeCell) -> None:
    path = write_scan("elsewhere", make_cell(), tensorflow="2.15.1")
    assert any("2.15.1" in note for note in surroundings_of([path], "2.21.0").notes)
    same = write_scan("other", make_cell(), folder="same")
    assert not any("may build the step" in note for note in surroundings_of([same], "2.21.0").notes)


def test_what_cannot_be_read_is_raised(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"gone\.json"):
        surroundings_of([tmp_path / "gone.json"], "2.21.0")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"holds no \.json files"):
        surroundings_of([tmp_path / "empty"], "2.21.0")
