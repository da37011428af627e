"""float32 products are computed in TensorFloat-32."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import a_gpu, kinds
from envprobe.terms import Severity

VARIABLE = "NVIDIA_TF32_OVERRIDE"


def _detect(examination: Examination) -> Iterator[Seen]:
    if examination.environ.get(VARIABLE, "").strip() == "0":
        return
    for kind in kinds(examination):
        if kind.precision.tensorflow_tf32 == "on_by_default":
            yield Seen(seen=f"{kind.who} has TF32, which TensorFlow uses unless it is told not to")


RULE = Rule(
    code="DOC407",
    name="tf32-on",
    severity=Severity.INFO,
    why="Matrix products and convolutions of float32 keep 10 bits of the mantissa: results differ "
    "from a CPU's by about one part in a thousand. Training does not mind; comparisons, solvers "
    "and small differences of large numbers do.",
    fix="For exact float32: tf.config.experimental.enable_tensor_float_32_execution(False).",
    source="https://www.tensorflow.org/api_docs/python/tf/config/experimental/"
    "enable_tensor_float_32_execution",
    detect=_detect,
    hits=(healthy_gpu, lambda: a_gpu("NVIDIA GeForce RTX 3090", "8.6")),
    misses=(
        lambda: a_gpu("Tesla V100-SXM2-16GB", "7.0"),
        lambda: with_environ(healthy_gpu(), NVIDIA_TF32_OVERRIDE="0"),
    ),
)
