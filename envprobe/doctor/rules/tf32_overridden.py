"""TensorFloat-32 is switched off by a variable."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import Kind, a_gpu, kinds
from envprobe.doctor.rules.tf32_on import VARIABLE
from envprobe.facts.gpus import published_peaks
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if examination.environ.get(VARIABLE, "").strip() != "0":
        return
    for kind in kinds(examination):
        if kind.precision.tf32:
            yield Seen(
                seen=f"{VARIABLE}=0 on {kind.who}{_loss(kind)}",
                command=unset_variable(VARIABLE),
            )


def _loss(kind: Kind) -> str:
    peaks = published_peaks(kind.name, None)
    flops = peaks.flops_per_second if peaks else {}
    if "tf32" not in flops or "float32" not in flops:
        return ""
    return f": {flops['float32'] / 1e12:g} instead of {flops['tf32'] / 1e12:g} Tflop/s at most"


RULE = Rule(
    code="DOC408",
    name="tf32-overridden",
    severity=Severity.WARNING,
    why="Matrix products and convolutions of float32 run without tensor cores, several times "
    "slower, in every library of the process; TensorFlow's own switch then does nothing.",
    fix="Unset it, and switch TF32 off in the program that needs it: "
    "tf.config.experimental.enable_tensor_float_32_execution(False).",
    source="https://docs.nvidia.com/cuda/cublas/index.html",
    detect=_detect,
    hits=(lambda: with_environ(healthy_gpu(), NVIDIA_TF32_OVERRIDE="0"),),
    misses=(
        healthy_gpu,
        lambda: with_environ(healthy_gpu(), NVIDIA_TF32_OVERRIDE="1"),
        lambda: with_environ(a_gpu("Tesla T4", "7.5"), NVIDIA_TF32_OVERRIDE="0"),
    ),
)
