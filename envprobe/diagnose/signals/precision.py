"""Which precision was asked for."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIGNALS = (
    Signal(
        name="low-precision-asked",
        patterns=(
            Pattern(r"mixed_(?P<dtype>b?float16)", anchors=("mixed_float16", "mixed_bfloat16")),
            Pattern(r"floatx\(['\"](?P<dtype>b?float16)['\"]\)"),
            Pattern(r"\btf\.(?P<dtype>b?float16)\b", anchors=("tf.float16", "tf.bfloat16")),
            Pattern(r"dtype=(?P<dtype>b?float16)\b", anchors=("dtype=float16", "dtype=bfloat16")),
        ),
    ),
)
