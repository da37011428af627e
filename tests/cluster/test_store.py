"""Cluster files: refused in one line where they cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.cluster.merge import merge
from envprobe.cluster.store import encode_cluster, read_cluster, write_cluster
from envprobe.errors import FileFormatError
from envprobe.matrix import Cell

MakeCell = Callable[..., Cell]
WriteNode = Callable[..., Path]
Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def cluster_file(write_node: WriteNode, make_cell: MakeCell, tmp_path: Path) -> Path:
    for name in ("a", "b"):
        write_node(name, make_cell("Abs"), make_cell(seconds_median=1e-3))
    merge([tmp_path], output=tmp_path / "cluster.json")
    return tmp_path / "cluster.json"


def test_writing_what_was_read_gives_the_same_bytes(cluster_file: Path, tmp_path: Path) -> None:
    write_cluster(tmp_path / "again.json", read_cluster(cluster_file))
    assert (tmp_path / "again.json").read_bytes() == cluster_file.read_bytes()


def test_a_node_and_a_cell_each_have_a_line(cluster_file: Path) -> None:
    lines = cluster_file.read_text().splitlines()
    assert sum('"op":"Abs"' in line for line in lines) == 1
    assert [line.strip()[:11] for line in lines if '"name":"' in line and "survey" in line] == [
        '{"name":"a"',
        '{"name":"b"',
    ]
    assert "null" not in next(line for line in lines if '"op":"Abs"' in line)


def _set(path: str, value: Any) -> Change:
    """Puts a value at a dotted path."""

    def change(document: dict[str, Any]) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        place: Any = document
        for parent in parents:
            place = place[parent]
        place[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set("kind", "matrix"), "'matrix'"),
        (_set("kind", None), "of no kind"),
        (_set("format_version", 2), "newer envprobe"),
        (_set("format_version", 0), "no valid format_version"),
        (_set("nodes.0.survey", 7), "node a points at"),
        (_set("nodes.0.profile", "gone"), "node a points at"),
        (_set("nodes.1.findings", [0]), "node b points at"),
        (_set("profiles.0.timed.0.cell", 9), "points at cells"),
        (_set("profiles.0.surveys.0.cells", [[0, 2]]), "points at cells"),
        (_set("profiles.0.cells.0.status", "splendid"), "not a valid cluster file"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(
    cluster_file: Path, change: Change, words: str
) -> None:
    document = msgspec.json.decode(cluster_file.read_bytes())
    change(document)
    cluster_file.write_bytes(msgspec.json.encode(document))
    with pytest.raises(FileFormatError, match=words) as refused:
        read_cluster(cluster_file)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "timings",
    [
        {"medians_nanoseconds": [], "spreads_permille": []},
        {"medians_nanoseconds": [-5], "spreads_permille": [1]},
        {"medians_nanoseconds": [5], "spreads_permille": [2**40]},
        "nothing",
    ],
)
def test_timings_that_are_not_those_of_the_profile_are_refused(
    cluster_file: Path, timings: Any
) -> None:
    document = msgspec.json.decode(cluster_file.read_bytes())
    document["nodes"][0]["timings"] = timings
    cluster_file.write_bytes(msgspec.json.encode(document))
    [line] = merge([cluster_file, cluster_file.parent / "matrices"]).unreadable
    assert "the timings of node a" in line


@pytest.mark.parametrize("data", [b"", b"  ", b"{", b'{"kind": "clu', b"\xff\xfe", b"[1]"])
def test_what_is_no_document_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(data)
    with pytest.raises(FileFormatError, match="cluster file"):
        read_cluster(path)


def test_the_timings_of_a_node_are_not_decoded_before_they_are_asked_for(
    cluster_file: Path,
) -> None:
    cluster = read_cluster(cluster_file)
    assert isinstance(cluster.nodes[0].timings, msgspec.Raw)
    assert b"1000000" in bytes(cluster.nodes[0].timings)
    assert encode_cluster(cluster) == cluster_file.read_bytes()
