"""Merging: what is kept once, what each node keeps, and who is told of what."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import envprobe
from envprobe.cluster.cluster import Cluster, Node
from envprobe.cluster.merge import merge
from envprobe.cluster.node_cells import node_cells
from envprobe.cluster.store import encode_cluster, read_cluster
from envprobe.errors import UsageError
from envprobe.matrix import Cell, Matrix, digest, read_matrix, write_matrix
from envprobe.terms import Finding, Severity, Status

MakeCell = Callable[..., Cell]
MakeMatrix = Callable[..., Matrix]
WriteNode = Callable[..., Path]
OPS = ("Abs", "Conv2D", "MatMul")


def node_named(cluster: Cluster, name: str) -> Node:
    return next(node for node in cluster.nodes if node.name == name)


def test_an_environment_is_kept_once_and_its_nodes_in_natural_order(
    write_node: WriteNode, tmp_path: Path
) -> None:
    for name in ("n10", "n2", "n1"):
        write_node(name, memory_bytes=int(name[1:]) * 1000)
    write_node("other", driver="550.1")
    cluster = merge([tmp_path]).cluster
    assert [node.name for node in cluster.nodes] == ["n1", "n2", "n10", "other"]
    assert [profile.environment.driver for profile in cluster.profiles] == [None, "550.1"]
    assert cluster.profiles[0].digest == digest(cluster.profiles[0].environment)
    assert [node.memory_bytes for node in cluster.nodes][:3] == [(1000,), (2000,), (10000,)]
    device = cluster.profiles[0].devices[0]
    assert (device.memory_bytes, device.uuid) == (1000, None)


def test_each_node_keeps_its_own_timings(
    write_node: WriteNode, make_cell: MakeCell, tmp_path: Path
) -> None:
    timed = {"flops_per_second": 1e9, "bytes_per_second": 2e9}
    for number, seconds in enumerate((1e-3, 2e-3, 4e-3), 1):
        write_node(f"n{number}", make_cell("Abs"), make_cell(seconds_median=seconds, **timed))
    write_node("n4", make_cell("Abs"), make_cell())
    cluster = merge([tmp_path]).cluster
    abs_cell, matmul = node_cells(cluster, node_named(cluster, "n3"))
    assert abs_cell.seconds_median is None
    assert matmul.seconds_median == pytest.approx(4e-3)
    assert matmul.seconds_iqr == pytest.approx(4e-5)
    assert matmul.unstable is False
    assert node_cells(cluster, node_named(cluster, "n4"))[1].seconds_median is None
    [profile] = cluster.profiles
    assert all(cell.seconds_median is None for cell in profile.cells)
    assert profile.cells[1].timed_shapes == {"a": [64, 64]}
    [typical] = profile.timed
    assert (typical.cell, typical.nodes, typical.steady_nodes) == (1, 3, 3)
    assert (typical.seconds_median, typical.seconds_mad) == pytest.approx((2e-3, 1e-3))
    # The node that is newest by name speaks for the work of one execution.
    assert typical.flops == pytest.approx(4e6)
    assert matmul.flops_per_second == pytest.approx(1e9)


def test_nodes_that_disagree_are_reported_and_keep_their_answer(
    write_node: WriteNode, make_cell: MakeCell, tmp_path: Path
) -> None:
    for number in range(1, 5):
        write_node(f"n{number}", make_cell("Abs"), make_cell())
    bad = make_cell(status=Status.CRASHED, reason="signal 11")
    write_node("n5", make_cell("Abs"), bad)
    cluster = merge([tmp_path]).cluster
    [disagreement] = cluster.profiles[0].disagreements
    [alternative] = disagreement.alternatives
    assert (disagreement.cell, disagreement.majority) == (1, 4)
    assert (alternative.nodes, alternative.cell) == (("n5",), bad)
    assert cluster.profiles[0].cells[1].status is Status.SUPPORTED
    assert node_cells(cluster, node_named(cluster, "n5"))[1].reason == "signal 11"
    assert node_cells(cluster, node_named(cluster, "n1"))[1].status is Status.SUPPORTED


def test_a_tie_is_not_supported_and_untested_is_no_opinion(
    write_node: WriteNode, make_cell: MakeCell, tmp_path: Path
) -> None:
    statuses = {
        "a": (Status.SUPPORTED, Status.SUPPORTED),
        "b": (Status.NO_KERNEL, Status.UNTESTED),
        "c": (Status.UNTESTED, Status.UNTESTED),
    }
    for name, (first, second) in statuses.items():
        cells = [make_cell("Abs", status=first), make_cell("Conv2D", status=second)]
        write_node(name, *(msgspec.structs.replace(cell, reason="why") for cell in cells))
    profile = merge([tmp_path]).cluster.profiles[0]
    assert [cell.status for cell in profile.cells] == [Status.NO_KERNEL, Status.SUPPORTED]


def test_nodes_that_were_asked_differently_give_the_union(
    write_node: WriteNode, make_cell: MakeCell, tmp_path: Path
) -> None:
    write_node("a", make_cell("Abs"), make_cell("MatMul"))
    write_node("b", make_cell("Abs"), make_cell("Conv2D"), preset="standard")
    write_node("c", make_cell("Abs"), make_cell("MatMul"))
    cluster = merge([tmp_path]).cluster
    [profile] = cluster.profiles
    assert [cell.op for cell in profile.cells] == list(OPS)
    assert [survey.preset for survey in profile.surveys] == ["quick", "standard"]
    asked = {node.name: [cell.op for cell in node_cells(cluster, node)] for node in cluster.nodes}
    assert asked == {"a": ["Abs", "MatMul"], "b": ["Abs", "Conv2D"], "c": ["Abs", "MatMul"]}
    assert profile.disagreements == ()


def test_the_newest_scan_of_a_node_wins_also_from_another_environment(
    write_node: WriteNode, make_cell: MakeCell, tmp_path: Path
) -> None:
    write_node("a", make_cell("Abs"), name="z-old", driver="1", day=1)
    write_node("a", make_cell("MatMul"), name="a-new", driver="2", day=2)
    write_node("b", driver="2", day=3)
    cluster = merge([tmp_path]).cluster
    assert [profile.environment.driver for profile in cluster.profiles] == ["2"]
    [old] = cluster.superseded
    assert (old.name, old.started[:10], old.cells) == ("a", "2026-01-01", 1)
    assert old.profile != node_named(cluster, "a").profile


def test_times_are_compared_as_times(write_node: WriteNode, make_cell: MakeCell) -> None:
    east = write_node("a", name="1", started="2026-01-02T01:00:00+02:00")  # the day before, UTC
    west = write_node("a", make_cell("Abs"), name="2", started="2026-01-01T23:30:00Z")
    never = write_node("a", name="3", started="yesterday")
    cluster = merge([west, never, east]).cluster
    assert cluster.nodes[0].started == "2026-01-01T23:30:00Z"
    assert len(cluster.superseded) == 2


def test_the_same_file_twice_is_one_scan(write_node: WriteNode, tmp_path: Path) -> None:
    path = write_node("a")
    merged = merge([path, tmp_path, write_node("a", name="copy")])
    assert merged.files == 2
    assert merged.cluster.superseded == ()
    assert len(merged.cluster.nodes) == 1


def test_findings_of_a_node_are_kept_without_remarks(write_node: WriteNode, tmp_path: Path) -> None:
    def finding(code: str, severity: Severity) -> Finding:
        return Finding(code=code, name="n", severity=severity, seen=f"seen {code}", why="w")

    warning, error, remark = (
        finding("DOC1", Severity.WARNING),
        finding("DOC2", Severity.ERROR),
        finding("DOC3", Severity.INFO),
    )
    write_node("a", findings=(warning, remark))
    write_node("b", findings=(warning, error))
    cluster = merge([tmp_path]).cluster
    assert [(one.code, one.seen) for one in cluster.findings] == [
        ("DOC2", "seen DOC2"),
        ("DOC1", "seen DOC1"),
    ]
    assert [node.findings for node in cluster.nodes] == [(1,), (1, 0)]


def test_what_cannot_be_read_is_told_and_left_out(write_node: WriteNode, tmp_path: Path) -> None:
    good = write_node("a")
    (tmp_path / "cut.json").write_bytes(good.read_bytes()[:500])
    (tmp_path / "doctor.json").write_text('{"kind": "doctor", "format_version": 1}')
    (tmp_path / "list.json").write_text("[]")
    newer = msgspec.json.decode(good.read_bytes()) | {"format_version": 99}
    (tmp_path / "newer.json").write_bytes(msgspec.json.encode(newer))
    nameless = write_node("two words", name="nameless")
    (tmp_path / "nothing").mkdir()
    told: list[str] = []
    merged = merge([tmp_path, tmp_path / "gone.json", tmp_path / "nothing"], notice=told.append)
    assert (merged.files, len(merged.unreadable)) == (1, 7)
    assert tuple(told) == merged.unreadable
    text = "\n".join(told)
    for words in ("cut short", "'doctor'", "list.json", "format 99", "gone.json", "nothing"):
        assert words in text
    assert f"{nameless} names no host" in text
    assert text.count("\n") == 6


def test_nothing_readable_and_strict_are_errors(write_node: WriteNode, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none of 1 could be read"):
        merge([tmp_path / "gone.json"])
    with pytest.raises(UsageError, match="no paths"):
        merge([])
    output = tmp_path / "out" / "cluster.json"
    with pytest.raises(UsageError, match="1 of 2 could not be read"):
        merge([write_node("a"), tmp_path / "gone.json"], output=output, strict=True)
    assert not output.exists()


def test_a_cell_that_is_there_twice_is_refused(
    write_node: WriteNode, make_matrix: MakeMatrix, make_cell: MakeCell, tmp_path: Path
) -> None:
    write_node("a")
    write_matrix(tmp_path / "twice.json", make_matrix("b", make_cell(), make_cell()))
    [line] = merge([tmp_path]).unreadable
    assert "two cells" in line


def test_many_files_are_read_by_several_processes(
    write_node: WriteNode, make_cell: MakeCell, tmp_path: Path
) -> None:
    for number in range(60):
        timed = make_cell(seconds_median=1e-3 + number * 1e-6)
        write_node(f"n{number}", make_cell("Abs"), timed, driver=str(number % 2))
    (tmp_path / "matrices" / "n17.json").write_text("{")
    files = sorted((tmp_path / "matrices").iterdir())
    many = merge(files)
    assert (many.files, len(many.unreadable)) == (59, 1)
    merge(files[20:], output=tmp_path / "half.json")  # so few are read in this process
    again = merge([tmp_path / "half.json", *files[:20]])
    assert encode_cluster(again.cluster) == encode_cluster(many.cluster)


def test_a_reading_process_that_ends_costs_one_file(
    write_node: WriteNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        write_node(f"n{number}")
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    merged = merge([tmp_path])
    assert 1 <= len(merged.unreadable) <= 16  # one a process
    assert merged.files + len(merged.unreadable) == 60
    assert all("the reading process ended" in line for line in merged.unreadable)


def test_the_library_has_it_under_its_own_name(write_node: WriteNode, tmp_path: Path) -> None:
    result = envprobe.merge(write_node("a"), output=tmp_path / "c.json")
    assert result.path == tmp_path / "c.json"
    assert encode_cluster(read_cluster(tmp_path / "c.json")) == encode_cluster(result.cluster)


@st.composite
def fleets(draw: st.DrawFn) -> list[tuple[str, int, str, tuple[tuple[str, str, float], ...]]]:
    """Scans: host, day, driver, and for some of the ops a status and a time."""
    scans = []
    for day in range(1, draw(st.integers(2, 7))):
        ops = draw(st.sets(st.sampled_from(OPS), min_size=1))
        cells = tuple(
            (op, draw(st.sampled_from(["supported", "failed", "untested"])), draw(SECONDS))
            for op in sorted(ops)
        )
        host = draw(st.sampled_from(["n1", "n2", "n3"]))
        scans.append((host, day, draw(st.sampled_from(["1", "2"])), cells))
    return scans


SECONDS = st.sampled_from([0.0, 1e-6, 1.23456e-3, 2.5])


@settings(max_examples=40, deadline=None)
@given(fleet=fleets(), chance=st.randoms(use_true_random=False), cut=st.integers(0, 6))
def test_the_order_and_the_steps_of_merging_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    make_cell: MakeCell,
    make_matrix: MakeMatrix,
    fleet: list[tuple[str, int, str, tuple[tuple[str, str, float], ...]]],
    chance: random.Random,
    cut: int,
) -> None:
    folder = tmp_path_factory.mktemp("fleet")
    paths = []
    for at, (host, day, driver, rows) in enumerate(fleet):
        cells = [
            make_cell(op, status=Status(status), **({"seconds_median": time} if time else {}))
            for op, status, time in rows
        ]
        paths.append(folder / f"{at}.json")
        write_matrix(paths[-1], make_matrix(host, *cells, day=day, driver=driver))
    at_once = merge(paths).cluster
    mixed = chance.sample(paths, len(paths))
    assert encode_cluster(merge(mixed).cluster) == encode_cluster(at_once)
    first, rest = folder / "first.json", mixed[cut:]
    merge(mixed[:cut] or mixed, output=first)
    in_steps = merge([first, *rest]).cluster
    # The evidence behind a status may be that of an older scan, the answers may not.
    assert answers(in_steps) == answers(at_once)
    assert in_steps.superseded == at_once.superseded
    newest = {host: path for (host, *_), path in zip(fleet, paths, strict=True)}
    for node in at_once.nodes:
        own = read_matrix(newest[node.name])
        assert {c.key: c.status for c in node_cells(at_once, node)} == {
            c.key: c.status for c in own.cells
        }
        times = {c.key: c.seconds_median for c in node_cells(at_once, node)}
        assert times == pytest.approx({c.key: c.seconds_median for c in own.cells}, abs=1e-9)


def answers(cluster: Cluster) -> dict[str, list[tuple[object, ...]]]:
    return {
        node.name: [
            (cell.key, cell.status, cell.seconds_median, cell.seconds_iqr, cell.unstable)
            for cell in node_cells(cluster, node)
        ]
        for node in cluster.nodes
    }
