"""The report of a check: what a person reads, at every width and in every alphabet."""

from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console

from envprobe.check.result import (
    CheckFinding,
    CheckResult,
    ClusterAnswer,
    EvidenceCounts,
    TargetResult,
)
from envprobe.report.check.report import print_check
from envprobe.terms import Cause, Severity, Verdict

POOL = CheckFinding(
    code="CHK201",
    cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    severity=Severity.ERROR,
    op="AvgPool3D",
    dtype="float16",
    layer="pool3d",
    file="model.py",
    line=12,
    seen="AvgPool3D in float16 [in layer 'pool3d'], 2 nodes",
    why="TensorFlow registers no such kernel for CPUs.",
    fix="--precision mixed_bfloat16 runs here (measured)",
)


def target(name: str, verdict: Verdict, *findings: CheckFinding, nodes: int = 1) -> TargetResult:
    return TargetResult(
        name=name,
        device="CPU:0",
        device_type="CPU",
        model="AMD EPYC",
        tensorflow="2.21.0",
        nodes=tuple(f"{name}{number}" for number in range(nodes)),
        verdict=verdict,
        reason=f"reason of {name}",
        findings=findings,
    )


def result(*targets: TargetResult, verdict: Verdict, **more: object) -> CheckResult:
    return CheckResult(
        source="model.py:build",
        verdict=verdict,
        evidence=EvidenceCounts(measured=180, registered=33, none=1),
        requirements=214,
        mode="train",
        precision="mixed_float16",
        batch=8,
        tensorflow="2.21.0",
        targets=targets,
        findings=tuple(dict.fromkeys(one for each in targets for one in each.findings)),
        **more,  # type: ignore[arg-type]
    )


def shown(checked: CheckResult, width: int = 80, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    print_check(checked, Console(file=file, width=width, highlight=False))
    file.flush()
    return raw.getvalue().decode(encoding)


def test_a_failing_model_is_said_with_its_culprit_and_the_way_out() -> None:
    text = shown(result(target("here", Verdict.UNSUPPORTED, POOL), verdict=Verdict.UNSUPPORTED))
    first, reason, *_ = text.splitlines()
    assert first == "unsupported: model.py:build does not train on CPU:0 of here"
    assert reason == "  reason of here"
    assert "214 requirements: 180 measured, 33 registered only, 1 without evidence" in text
    assert "error CHK201 no-kernel-for-device-dtype\n" in text
    assert "at: layer pool3d, AvgPool3D float16, model.py:12" in text
    assert "[in layer 'pool3d']" in text  # brackets are no markup
    assert "fix: --precision mixed_bfloat16 runs here (measured)" in text
    assert "on: " not in text  # it holds everywhere


def test_a_cluster_says_which_nodes_and_gives_the_scheduler_its_words() -> None:
    good = target("good", Verdict.SUPPORTED, nodes=3)
    bad = target("bad", Verdict.UNSUPPORTED, POOL, nodes=2)
    answer = ClusterAnswer(
        can=good.nodes,
        cannot=bad.nodes,
        unknown=(),
        nodelist="good[0-2]",
        exclude="bad[0-1]",
        affinity="affinity:\n  nodeAffinity: {}\n",
    )
    text = shown(result(good, bad, verdict=Verdict.PARTIAL, cluster=answer))
    assert text.startswith("partial: model.py:build trains on 3 of 5 nodes")
    assert "on: CPU:0 of 2 nodes: bad[0-1]" in text
    assert "can train it: 3 nodes: good[0-2]" in text
    assert "    --nodelist=good[0-2]\n" in text
    assert "    --exclude=bad[0-1]\n" in text
    assert "    affinity:\n      nodeAffinity: {}\n" in text
    assert "reason of bad" in text


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_no_line_is_wider_than_the_output_or_ends_in_blanks(width: int, encoding: str) -> None:
    good = target("good", Verdict.SUPPORTED)
    bad = target("bad", Verdict.UNSUPPORTED, POOL)
    text = shown(result(good, bad, verdict=Verdict.PARTIAL), width, encoding)
    assert max(map(len, text.splitlines())) <= width
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_unknown_is_said_as_unknown() -> None:
    text = shown(result(target("here", Verdict.UNKNOWN), verdict=Verdict.UNKNOWN))
    assert text.startswith("unknown: whether model.py:build trains on CPU:0 of here is not known")


def test_the_evidence_is_not_said_twice() -> None:
    counts = "180 measured, 33 registered only, 1 without evidence"
    here = msgspec.structs.replace(target("here", Verdict.SUPPORTED), reason=f"all run: {counts}")
    assert " ".join(shown(result(here, verdict=Verdict.SUPPORTED)).split()).count(counts) == 1
