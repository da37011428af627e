"""Variables keep TensorFlow from choosing the fastest convolution."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import then, unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import number, shown
from envprobe.terms import Severity

SMALL_WORKSPACE_MEBIBYTES = 1024
# tensorflow/core/util/use_cudnn.cc: 0 is off, and whatever else is on.
OFF_NARROWS = ("TF_CUDNN_USE_AUTOTUNE", "TF_ENABLE_WINOGRAD_NONFUSED")
WORKSPACE = "TF_CUDNN_WORKSPACE_LIMIT_IN_MB"


def _detect(examination: Examination) -> Iterator[Seen]:
    if not examination.gpus:
        return
    narrowing = [name for name in OFF_NARROWS if examination.environ.get(name) == "0"]
    workspace = number(examination, WORKSPACE)
    if workspace is not None and workspace < SMALL_WORKSPACE_MEBIBYTES:
        narrowing.append(WORKSPACE)
    if narrowing:
        yield Seen(
            seen=", ".join(shown(examination, name) for name in narrowing),
            command=then(*(unset_variable(name) for name in narrowing)),
        )


RULE = Rule(
    code="DOC503",
    name="cudnn-choice-narrowed",
    severity=Severity.WARNING,
    why="TensorFlow tries cuDNN's algorithms at the first use of a shape and keeps the fastest "
    "that fits into the workspace. With these it takes what comes first, or passes over fast ones.",
    fix="Unset them; they are workarounds for faults and for memory that was short.",
    source="https://docs.nvidia.com/deeplearning/frameworks/tensorflow-user-guide/index.html",
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_gpu(), TF_CUDNN_USE_AUTOTUNE="0"),
        lambda: with_environ(healthy_gpu(), TF_CUDNN_WORKSPACE_LIMIT_IN_MB="64"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_environ(healthy_cpu(), TF_CUDNN_USE_AUTOTUNE="0"),
        lambda: with_environ(healthy_gpu(), TF_CUDNN_WORKSPACE_LIMIT_IN_MB="8192"),
    ),
)
