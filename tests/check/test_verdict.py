from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.check.judgement import Judgement, Outcome
from envprobe.check.kernels.kernel_findings import kernel_findings
from envprobe.check.result import CheckFinding, ClusterAnswer, EvidenceCounts, TargetResult
from envprobe.check.target import Target
from envprobe.check.verdict import evidence_of, overall, target_result, weakest
from envprobe.matrix.matrix import Device
from envprobe.models.oplist import OpList, Place, Requirement
from envprobe.terms import Cause, Evidence, Severity, Status, Verdict

CPU = Target("this machine", Device(name="CPU:0", device_type="CPU"), tensorflow="2.21.0")
_BETTER_FIRST = (Verdict.SUPPORTED, Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.UNSUPPORTED)
OUTCOMES: tuple[Outcome, ...] = ("runs", "falls_back", "fails", "unknown")


def told(outcome: Outcome = "runs", *, dtype: str = "float32", **fields: Any) -> Judgement:
    """A judgement; what is not a field of it is one of its requirement's."""
    of_node: dict[str, Any] = {"op": "Relu", "flops": 1.0}
    of_judgement: dict[str, Any] = {"evidence": Evidence.MEASURED}
    for name, value in fields.items():
        kept = of_judgement if name in Judgement._fields else of_node
        kept[name] = value
    return Judgement(Requirement(dtypes={"T": dtype}, **of_node), outcome, **of_judgement)


def result(
    judgements: Sequence[Judgement], model_findings: Sequence[CheckFinding] = ()
) -> TargetResult:
    oplist = OpList(
        source="m", source_kind="python_file",
        requirements=tuple(one.requirement for one in judgements),
    )  # fmt: skip
    kernels = kernel_findings(
        oplist,
        CPU,
        judgements,
        judge=lambda changed, _: [
            Judgement(one, "fails", Evidence.REGISTERED) for one in changed.requirements
        ],
    )
    return target_result(oplist, CPU, judgements, kernels, model_findings)


def finding(severity: Severity, **fields: Any) -> CheckFinding:
    return CheckFinding(
        code="CHK302", cause=Cause.LABEL_LOSS_MISMATCH, severity=severity,
        seen="Labels 0 to 9, classes 0 to 4.", why="", **fields,
    )  # fmt: skip


def test_labels_that_may_have_no_class_leave_it_to_the_data() -> None:
    found = result([told()], [msgspec.structs.replace(finding(Severity.WARNING), code="CHK301")])
    assert found.verdict is Verdict.UNKNOWN
    assert found.reason == "Labels 0 to 9, classes 0 to 4"


def test_all_run() -> None:
    told_of = [told(), told(), told(evidence=Evidence.REGISTERED)]
    found = result(told_of)
    assert found.verdict is Verdict.SUPPORTED
    assert found.reason == "all 3 requirements run: 2 measured, 1 registered only"
    assert found.evidence == EvidenceCounts(measured=2, registered=1)
    assert found.affected_flops == 0.0


def test_what_is_only_registered_is_not_said_to_run() -> None:
    found = result([told(evidence=Evidence.REGISTERED), told(evidence=Evidence.REGISTERED)])
    assert found.verdict is Verdict.SUPPORTED
    assert found.reason == "all 2 requirements have a kernel: none of them measured"


def test_one_that_fails_decides() -> None:
    pool = Place(layer="pool", file="net.py", line=3)
    bad = told("fails", op="AvgPool3D", status=Status.NO_KERNEL, places=(pool,))
    found = result([told(), told("unknown", evidence=Evidence.NONE), bad])
    assert found.verdict is Verdict.UNSUPPORTED
    assert found.reason.startswith("AvgPool3D in float32, layer 'pool' (net.py:3): no kernel")
    assert found.findings[0].severity is Severity.ERROR


def test_an_error_of_the_model_decides_though_every_kernel_runs() -> None:
    found = result([told()], [finding(Severity.ERROR)])
    assert found.verdict is Verdict.UNSUPPORTED
    assert found.reason == "Labels 0 to 9, classes 0 to 4"


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.INFO])
def test_a_warning_of_the_model_decides_nothing(severity: Severity) -> None:
    found = result([told()], [finding(severity)])
    assert found.verdict is Verdict.SUPPORTED
    assert len(found.findings) == 1


def test_an_unknown_is_never_green() -> None:
    found = result([told(), told("unknown", evidence=Evidence.NONE, op="Fancy")])
    assert found.verdict is Verdict.UNKNOWN
    assert "1 of 2" in found.reason
    assert "Fancy" in found.reason


def test_no_requirement_is_no_good_news() -> None:
    assert result([]).verdict is Verdict.UNKNOWN


def test_a_fallback_is_partial_with_its_share() -> None:
    found = result([told(flops=3.0, count=3), told("falls_back", flops=1.0)])
    assert found.verdict is Verdict.PARTIAL
    assert found.affected_flops == pytest.approx(0.1)
    assert found.reason == "1 of 2 requirements run on the CPU: 10 % of the step's FLOPs"


@pytest.mark.parametrize("unknown", [0, 1])
def test_a_share_of_unknown_flops_is_unknown(unknown: int) -> None:
    flops: list[float | None] = [1.0, 1.0]
    flops[unknown] = None
    found = result([told(flops=flops[0]), told("falls_back", flops=flops[1])])
    assert found.verdict is Verdict.PARTIAL
    assert found.affected_flops is None
    assert "not known" in found.reason


def test_emulated_precision_is_partial() -> None:
    found = result([told(flops=1.0), told(flops=1.0, emulated=True)])
    assert found.verdict is Verdict.PARTIAL
    assert "emulated precision: 50 %" in found.reason


def test_what_xla_said_of_an_op_is_not_said_twice() -> None:
    bad = told("fails", op="Roll", status=Status.NO_KERNEL)
    compiled = Requirement(op="Roll", dtypes={"T": "float32"}, compiled=True)
    said = CheckFinding(
        code="CHK401", cause=Cause.XLA_UNSUPPORTED_OP, severity=Severity.ERROR, op="Roll",
        seen="XLA has no Roll.", why="",
    )  # fmt: skip
    found = result([bad._replace(requirement=compiled)], [said])
    assert [one.code for one in found.findings] == ["CHK401"]


def on(
    verdict: Verdict, *, trains_here: bool = True, measured: int = 0, **fields: Any
) -> TargetResult:
    return TargetResult(
        name="m", device="GPU:0", device_type="GPU", verdict=verdict, reason="",
        trains_here=trains_here, evidence=EvidenceCounts(measured=measured), **fields,
    )  # fmt: skip


def test_a_machine_is_judged_by_the_devices_that_train() -> None:
    gpu, cpu = on(Verdict.SUPPORTED), on(Verdict.UNSUPPORTED, trains_here=False)
    assert overall([cpu, gpu]) is Verdict.SUPPORTED
    assert overall([cpu]) is Verdict.UNSUPPORTED
    assert overall([]) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["supported", "supported"], "supported"),
        (["supported", "partial"], "partial"),
        (["supported", "unsupported"], "partial"),
        (["supported", "unknown"], "partial"),
        (["unsupported", "unsupported"], "unsupported"),
        (["unsupported", "unknown"], "unknown"),
        (["unknown", "unknown"], "unknown"),
    ],
)
def test_targets_together(verdicts: list[str], expected: str) -> None:
    given_ = [on(Verdict(one)) for one in verdicts]
    assert overall(given_) is Verdict(expected)
    assert overall(given_[::-1]) is Verdict(expected)


@pytest.mark.parametrize(
    ("can", "cannot", "unknown", "expected"),
    [
        (2, 0, 0, "supported"),
        (1, 1, 0, "partial"),
        (1, 0, 1, "partial"),
        (0, 2, 0, "unsupported"),
        (0, 1, 1, "unknown"),
        (0, 0, 0, "unknown"),
    ],
)
def test_a_cluster_is_judged_by_its_nodes(
    can: int, cannot: int, unknown: int, expected: str
) -> None:
    answer = ClusterAnswer(can=("a",) * can, cannot=("b",) * cannot, unknown=("c",) * unknown)
    assert overall([on(Verdict.SUPPORTED)], answer) is Verdict(expected)


def test_a_cluster_that_runs_with_a_loss_is_partial() -> None:
    answer = ClusterAnswer(can=("a", "b"), cannot=(), unknown=())
    assert overall([on(Verdict.PARTIAL)], answer) is Verdict.PARTIAL


def test_the_weakest_evidence_is_that_of_a_device_that_trains() -> None:
    strong, weak = on(Verdict.SUPPORTED, measured=9), on(Verdict.SUPPORTED, measured=3)
    beside = on(Verdict.SUPPORTED, measured=1, trains_here=False)
    assert weakest([strong, weak, beside]).measured == 3
    assert weakest([]) == EvidenceCounts()


JUDGEMENTS = st.lists(
    st.builds(
        told,
        st.sampled_from(OUTCOMES),
        op=st.sampled_from(["Relu", "AvgPool3D", "AvgPool3DGrad"]),
        dtype=st.sampled_from(["float16", "float32"]),
        direction=st.sampled_from(["forward", "gradient"]),
        evidence=st.sampled_from(list(Evidence)),
        status=st.sampled_from([None, Status.NO_KERNEL, Status.UNIMPLEMENTED]),
        emulated=st.booleans(),
        flops=st.sampled_from([None, 0.0, 2.0]),
        places=st.sampled_from([(), (Place(layer="a", file="f.py", line=1),)]),
    ),
    max_size=8,
)


@given(JUDGEMENTS)
def test_a_failing_requirement_never_makes_it_better(judgements: list[Judgement]) -> None:
    before = result(judgements).verdict
    after = result([*judgements, told("fails", status=Status.NO_KERNEL)]).verdict
    assert _BETTER_FIRST.index(after) >= _BETTER_FIRST.index(before)
    assert after is Verdict.UNSUPPORTED


@given(JUDGEMENTS, st.sampled_from(OUTCOMES))
def test_without_evidence_nothing_is_supported(
    judgements: list[Judgement], outcome: Outcome
) -> None:
    found = result([*judgements, told(outcome, evidence=Evidence.NONE)])
    assert found.verdict in {Verdict.UNKNOWN, Verdict.UNSUPPORTED}


@given(JUDGEMENTS, st.integers())
def test_the_order_of_requirements_does_not_matter(judgements: list[Judgement], seed: int) -> None:
    shuffled = random.Random(seed).sample(judgements, len(judgements))
    one, other = result(judgements), result(shuffled)
    assert (one.verdict, one.affected_flops, one.evidence) == (
        other.verdict,
        other.affected_flops,
        other.evidence,
    )
    assert sorted(f.code for f in one.findings) == sorted(f.code for f in other.findings)


@given(JUDGEMENTS)
def test_every_fault_is_told_and_the_share_is_a_share(judgements: list[Judgement]) -> None:
    found = result(judgements)
    failing = any(one.outcome == "fails" for one in judgements)
    assert failing == any(one.severity is Severity.ERROR for one in found.findings)
    if found.verdict in {Verdict.PARTIAL, Verdict.UNKNOWN} and judgements:
        assert found.findings
    assert found.affected_flops is None or 0.0 <= found.affected_flops <= 1.0
    counted = evidence_of(judgements)
    assert counted.measured + counted.registered + counted.none == len(judgements)
    assert found.reason
