"""The GPU's generation cannot compute in this precision."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:
    """Dtype, and the compute capability that is there and that is needed."""
    known = sighting.fields
    text = sighting.line.text
    precision = compiled(r"(?i)\b(bfloat16|bf16|float16|fp16|fp8|float8|int8|half)").search(text)
    found = {
        "dtype": known.get("dtype") or (precision.group(1).lower() if precision else None),
        "needed": known.get("needed") or ("8.0" if "Ampere" in text else _of_target(known)),
        "capability": known.get("capability") or log.field("gpu-created", "capability"),
        "gpu": log.field("gpu-created", "gpu"),
    }
    return Reading(fields={name: value for name, value in found.items() if value})


def _of_target(known: dict[str, str]) -> str | None:
    target = known.get("target")
    return f"{target[:-1]}.{target[-1]}" if target else None


RULE = Rule(
    code="LOG306",
    name="precision-needs-newer-gpu",
    cause=Cause.UNSUPPORTED_PRECISION,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"(?P<op>\w+) for GPU with (?P<dtype>\w+) is only supported with cuDNN on \w+ GPUs"
        ),
        Pattern(
            r"(?P<dtype>FP8) convolutions are only supported on CUDA GPUs with compute capability "
            r"at "
            r"least (?P<needed>[0-9.]+), but got .*compute capability (?P<capability>[0-9.]+)"
        ),
        Pattern(r"(?P<dtype>FP8) convolutions are only supported on CUDA GPUs, but got"),
        Pattern(r"Fused convolution for (?P<dtype>int8) is only supported on GPUs with compute"),
        Pattern(r"(?P<dtype>BF16) is not supported on ROCm"),
        Pattern(
            r"Feature '\.?(?P<dtype>bf16|f16|e4m3|e5m2|fp8)[^']*' requires \.target "
            r"sm_(?P<target>[0-9]+)",
        ),
        Pattern(
            r"(?P<dtype>(?i:bfloat16|bf16|fp8|float8|fp16)) (?:is|are) (?:only|not) supported "
            r"(?:on|for) (?:GPUs?|devices) (?:with|of) compute capability",
            anchors=("compute capability",),
        ),
    ),
    read=read,
    seen="This GPU does not compute in {dtype}[: it needs compute capability {needed}]"
    "[; this one has {capability}].",
    why=(
        "bfloat16 is computed by GPUs of compute capability 8.0 (Ampere) and newer, FP8 by 8.9 and "
        "newer, float16 at speed by 7.0 and newer.[ The GPU is a {gpu}.]"
    ),
    fix=(
        "Use mixed_float16 instead of mixed_bfloat16 on this GPU (7.0 and newer), or float32; or "
        "run on a newer GPU."
    ),
    source="tensorflow/core/kernels/conv_grad_ops_3d.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Graph execution error:\n\n"
        "Node: 'c/Conv3DBackpropFilterV2'\nConv3DBackpropFilter for GPU with bfloat16 is only "
        "supported with cuDNN on Ampere GPUs or later.\n\t [[{{node c}}]] "
        "[Op:__inference_step_9]\n",
        "UNIMPLEMENTED: FP8 convolutions are only supported on CUDA GPUs with compute capability "
        "at "
        "least 8.9, but got FP8 convolution on GPU with compute capability 8.0: %conv.3\n",
        "ptxas /tmp/tempfile-gpu3-1, line 64; error   : Feature '.bf16' requires .target sm_80 or "
        "higher\nptxas fatal   : Ptx assembly aborted due to errors\n",
    ),
    misses=(
        "WARNING:tensorflow:Mixed precision compatibility check (mixed_float16): WARNING\nYour GPU "
        "may run slowly with dtype policy mixed_float16 because it does not have compute "
        "capability "
        "of at least 7.0.\n",
    ),
    yields_to=(),
)
