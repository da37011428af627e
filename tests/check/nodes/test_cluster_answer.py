"""Where in a cluster a model trains, and which nodes are not like the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.check.nodes.cluster_answer import cluster_answer
from envprobe.check.nodes.odd_nodes import cluster_findings
from envprobe.check.result import ClusterAnswer, TargetResult
from envprobe.cluster.cluster import Cluster
from envprobe.cluster.merge import merge
from envprobe.cluster.nodelist import expand
from envprobe.matrix import Cell, Device
from envprobe.registrations import read_release
from envprobe.registrations.record import record_of
from envprobe.terms import Cause, Severity, Status, Verdict

MakeCell = Callable[..., Cell]
WriteScan = Callable[..., Path]


def result(
    verdict: Verdict, *nodes: str, device: str = "GPU:0", trains: bool = True
) -> TargetResult:
    return TargetResult(
        name=nodes[0] if nodes else "this machine",
        device=device,
        device_type=device.partition(":")[0],
        nodes=nodes,
        trains_here=trains,
        verdict=verdict,
        reason="",
    )


def test_nodes_go_by_the_verdict_of_their_training_device() -> None:
    answer = cluster_answer(
        [
            result(Verdict.SUPPORTED, "n2", "n1"),
            result(Verdict.UNSUPPORTED, "n1", "n2", device="CPU:0", trains=False),
            result(Verdict.PARTIAL, "n10"),
            result(Verdict.UNSUPPORTED, "n3", "n4"),
            result(Verdict.UNKNOWN, "n5"),
        ]
    )
    assert answer is not None
    assert answer.can == ("n1", "n2", "n10")
    assert answer.cannot == ("n3", "n4")
    assert answer.unknown == ("n5",)
    assert answer.nodelist == "n[1-2,10]"
    assert answer.exclude == "n[3-5]"
    assert answer.affinity is not None
    assert '"n10"' in answer.affinity
    assert '"n3"' not in answer.affinity


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        (Verdict.SUPPORTED, Verdict.UNSUPPORTED, "cannot"),
        (Verdict.SUPPORTED, Verdict.UNKNOWN, "unknown"),
        (Verdict.UNKNOWN, Verdict.UNSUPPORTED, "cannot"),
        (Verdict.PARTIAL, Verdict.SUPPORTED, "can"),
    ],
)
def test_a_node_can_where_all_of_its_training_devices_can(
    one: Verdict, other: Verdict, place: str
) -> None:
    results = [result(one, "n1"), result(other, "n1", device="GPU:3")]
    rest = result(Verdict.SUPPORTED, "n2")
    for order in (results, results[::-1]):
        answer = cluster_answer([*order, rest])
        assert answer is not None
        assert "n1" in getattr(answer, place)


def test_nothing_to_list_is_none() -> None:
    everywhere = cluster_answer([result(Verdict.SUPPORTED, "n1", "n2")])
    assert everywhere is not None
    assert (everywhere.nodelist, everywhere.exclude) == ("n[1-2]", None)
    nowhere = cluster_answer([result(Verdict.UNKNOWN, "n1", "n2")])
    assert nowhere is not None
    assert (nowhere.nodelist, nowhere.exclude, nowhere.affinity) == (None, "n[1-2]", None)


def test_a_single_machine_is_no_cluster() -> None:
    gpus = [result(Verdict.SUPPORTED, "n1"), result(Verdict.PARTIAL, "n1", device="GPU:1")]
    assert cluster_answer(gpus) is None
    assert cluster_answer([result(Verdict.SUPPORTED)]) is None
    assert cluster_answer([]) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(Verdict), st.sets(st.integers(0, 30), min_size=1)), max_size=8
    )
)
def test_every_node_is_in_exactly_one_place(groups: list[tuple[Verdict, set[int]]]) -> None:
    results = [result(verdict, *(f"n{at}" for at in numbers)) for verdict, numbers in groups]
    names = {name for one in results for name in one.nodes}
    answer = cluster_answer(results)
    if len(names) < 2:
        assert answer is None
        return
    assert answer is not None
    placed = [*answer.can, *answer.cannot, *answer.unknown]
    assert sorted(placed) == sorted(names)
    assert expand(answer.nodelist or "") == list(answer.can)
    assert set(expand(answer.exclude or "")) == {*answer.cannot, *answer.unknown}
    for one in results:
        if one.verdict is Verdict.UNSUPPORTED:
            assert not set(one.nodes) & set(answer.can)


@pytest.fixture
def uneven(write_scan: WriteScan, make_cell: MakeCell) -> Cluster:
    """Nine alike nodes; on n8 Relu fails, on n6 it was not asked, and n3 is slow."""
    statuses = {8: Status.CRASHED, 6: Status.UNTESTED}
    record = record_of(read_release("2.21.0"))
    paths = []
    for number in range(9):
        seconds = 0.02 if number == 3 else 0.01 + number * 1e-5
        timed = [make_cell("MatMul", variant=f"v{at}", seconds_median=seconds) for at in range(8)]
        relu = make_cell("Relu", status=statuses.get(number, Status.SUPPORTED))
        paths.append(write_scan(f"n{number}", *timed, relu, registrations=record))
    return merge(paths).cluster


def test_nodes_that_disagree_are_told_with_what_they_disagree_on(uneven: Cluster) -> None:
    odd = [one for one in cluster_findings(uneven) if one.code == "CHK701"]
    (finding,) = odd
    assert finding.severity is Severity.WARNING
    assert finding.seen.startswith("n8 ")
    assert "Relu" in finding.seen
    assert "crashed" in finding.seen
    assert finding.op == "Relu"
    assert finding.fix is not None
    assert "n8" in finding.fix


def test_what_the_model_does_not_use_is_not_told(uneven: Cluster) -> None:
    codes = [one.code for one in cluster_findings(uneven, ops={"MatMul"})]
    assert codes == ["CHK702"]
    codes = [one.code for one in cluster_findings(uneven, ops={"Relu"})]
    assert codes == ["CHK701", "CHK702"]


def answer_with(*can: str) -> ClusterAnswer:
    return ClusterAnswer(can=can, cannot=(), unknown=())


def test_a_slow_node_is_told_where_it_can_train(uneven: Cluster) -> None:
    (slow,) = cluster_findings(uneven, answer_with("n3", "n4"), {"MatMul"})
    assert slow.code == "CHK702"
    assert slow.severity is Severity.WARNING
    assert slow.cause is Cause.BENIGN
    assert "n3" in slow.seen
    assert "2.0" in slow.seen or "1.99" in slow.seen
    assert "--exclude=n3" in str(slow.fix)
    assert cluster_findings(uneven, answer_with("n4"), {"MatMul"}) == ()


def test_a_slow_cpu_beside_a_gpu_does_not_matter(
    write_scan: WriteScan, make_cell: MakeCell, make_gpu: Callable[..., Device]
) -> None:
    paths = []
    for number in range(9):
        cells = [
            make_cell(
                "MatMul",
                variant=f"v{at}",
                device=device,
                seconds_median=0.02 if device == slow_one and number == 3 else 0.01,
            )
            for at in range(8)
            for device, slow_one in (("CPU:0", "CPU:0"), ("GPU:0", "none"))
        ]
        paths.append(write_scan(f"n{number}", *cells, gpus=(make_gpu(),)))
    cluster = merge(paths).cluster
    assert [one.device for one in cluster.outliers] == ["CPU:0"]
    assert cluster_findings(cluster) == ()


def test_an_even_cluster_has_no_findings(write_scan: WriteScan, make_cell: MakeCell) -> None:
    paths = [write_scan(f"n{number}", make_cell()) for number in range(3)]
    assert cluster_findings(merge(paths).cluster) == ()
