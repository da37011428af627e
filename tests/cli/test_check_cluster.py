"""`envprobe check --matrix` against several machines, as a scheduler's user meets it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import envprobe
from envprobe.cluster.store import write_cluster
from envprobe.matrix import Cell, Matrix, write_matrix
from envprobe.terms import Status
from tests.check.asking import conv, conv_nchw, node
from tests.cli.checking import RECORDED, check, document, oplist_file, recorded, renamed

POOL3D = node("AvgPool3D", ("input", (2, 6, 6, 6, 2)), dtype="float64")


def without_nchw(matrix: Matrix) -> Matrix:
    """The same machine, whose convolutions want the channels last."""
    cells = tuple(map(_refused, matrix.cells))
    return msgspec.structs.replace(matrix, cells=cells)


def _refused(cell: Cell) -> Cell:
    if cell.op != "Conv2D" or not cell.variant.startswith("nchw"):
        return cell
    known = {"op", "variant", "dtype", "device", "direction", "mode"}
    fields = {name: getattr(cell, name) for name in known}
    return Cell(**fields, status=Status.UNIMPLEMENTED, reason="only NHWC is supported")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The matrices of four nodes; on the last one no convolution takes the channels first."""
    folder = tmp_path_factory.mktemp("nodes")
    matrix = recorded()
    cells = tuple(cell for cell in matrix.cells if cell.op in {"Conv2D", "Relu", "AvgPool3D"})
    matrix = msgspec.structs.replace(matrix, cells=cells)
    for number in range(1, 4):
        write_matrix(folder / f"{number}.json", renamed(matrix, f"node{number:02d}"))
    write_matrix(folder / "4.json", renamed(without_nchw(matrix), "node04"))
    return folder


@pytest.fixture(scope="module")
def cluster(nodes: Path) -> Path:
    """The cluster file of those nodes."""
    path = nodes.parent / f"{nodes.name}.cluster.json"
    write_cluster(path, envprobe.merge(nodes).cluster)
    return path


def test_one_node_that_differs_is_left_out_for_the_scheduler(cluster: Path, tmp_path: Path) -> None:
    file = oplist_file(tmp_path / "o.json", conv_nchw())
    done = check(tmp_path, file, "--matrix", cluster, "--json")
    found = document(done)
    assert (done.returncode, found["verdict"]) == (0, "partial"), done.stderr
    answer = found["cluster"]
    assert answer["can"] == ["node01", "node02", "node03"]
    assert answer["cannot"] == ["node04"]
    assert (answer["nodelist"], answer["exclude"]) == ("node[01-03]", "node04")
    assert '"node03"' in answer["affinity"]
    assert '"node04"' not in answer["affinity"]
    failing = [one for one in found["targets"] if one["verdict"] == "unsupported"]
    assert [one["nodes"] for one in failing] == [["node04"]]


def test_the_report_has_what_slurm_and_kubernetes_take(cluster: Path, tmp_path: Path) -> None:
    file = oplist_file(tmp_path / "o.json", conv_nchw())
    done = check(tmp_path, file, "--matrix", cluster, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("partial: ")
    assert "--nodelist=node[01-03]" in done.stdout
    assert "--exclude=node04" in done.stdout
    assert "nodeAffinity" in done.stdout
    assert done.stdout.isascii()
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_model_without_the_difference_runs_on_all(cluster: Path, tmp_path: Path) -> None:
    file = oplist_file(tmp_path / "o.json", node("Relu", ("features", (2, 6))))
    done = check(tmp_path, file, "--matrix", cluster, "--json")
    found = document(done)
    assert (done.returncode, found["verdict"]) == (0, "supported")
    assert len(found["targets"]) == 1
    assert found["cluster"]["can"] == ["node01", "node02", "node03", "node04"]
    assert found["cluster"]["exclude"] is None


def test_a_model_that_no_node_runs_is_unsupported(cluster: Path, tmp_path: Path) -> None:
    file = oplist_file(tmp_path / "o.json", POOL3D)
    done = check(tmp_path, file, "--matrix", cluster, "--json")
    found = document(done)
    assert (done.returncode, found["verdict"]) == (1, "unsupported")
    assert found["cluster"]["can"] == []
    assert found["cluster"]["nodelist"] is None


def test_a_folder_and_its_cluster_file_say_the_same(
    cluster: Path, nodes: Path, tmp_path: Path
) -> None:
    file = oplist_file(tmp_path / "o.json", conv_nchw(), conv())
    of_file = document(check(tmp_path, file, "--matrix", cluster, "--json"))
    of_folder = document(check(tmp_path, file, "--matrix", nodes, "--json"))
    assert of_folder == of_file


def test_two_matrices_by_name_are_a_cluster_of_two(nodes: Path, tmp_path: Path) -> None:
    file = oplist_file(tmp_path / "o.json", conv_nchw())
    done = check(
        tmp_path, file, "--matrix", nodes / "1.json", "--matrix", nodes / "4.json", "--json"
    )
    answer = document(done)["cluster"]
    assert (answer["can"], answer["cannot"]) == (["node01"], ["node04"])


def test_a_single_matrix_is_no_cluster(tmp_path: Path) -> None:
    file = oplist_file(tmp_path / "o.json", conv_nchw())
    found = document(check(tmp_path, file, "--matrix", RECORDED, "--json"))
    assert found["cluster"] is None
    assert [one["name"] for one in found["targets"]] == ["recorded"]


def test_what_cannot_be_read_in_a_folder_is_told(nodes: Path, tmp_path: Path) -> None:
    some = tmp_path / "some"
    some.mkdir()
    (some / "1.json").write_bytes((nodes / "1.json").read_bytes())
    (some / "2.json").write_bytes((nodes / "2.json").read_bytes()[:3000])
    file = oplist_file(tmp_path / "o.json", conv())
    done = check(tmp_path, file, "--matrix", some, "--json")
    assert done.returncode == 0, done.stderr
    assert any("2.json" in note for note in document(done)["notes"])
