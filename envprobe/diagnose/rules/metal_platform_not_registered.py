"""XLA was asked to compile for a platform that it does not know: the Metal GPU."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    nvidia = log.has("cuda-driver-seen") or log.platform in ("windows", "wsl")
    return Reading(cause=Cause.XLA_UNSUPPORTED_OP if nvidia else None)


RULE = Rule(
    code="LOG692",
    name="metal-platform-not-registered",
    cause=Cause.MACOS_METAL,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"[Cc]ould not find registered platform with id(?:: (?P<id>0x[0-9a-f]+))?"),
        Pattern(
            r"[Cc]ould not find (?:registered )?compiler for (?:the )?platform (?:METAL|Metal)\b",
            anchors=("compiler for platform M", "compiler for the platform M"),
        ),
    ),
    seen="XLA knows no platform for this device.",
    why="tensorflow-metal has no XLA compiler. From TensorFlow 2.11 on Keras' optimizers are "
    "compiled with XLA by default (jit_compile), and the first step fails on the Metal GPU.",
    fix="Use tf.keras.optimizers.legacy.Adam (2.11 to 2.15), or pass jit_compile=False to the "
    "optimizer and to model.compile; or install a fitting pair of TensorFlow and "
    "tensorflow-metal; or hide the GPU with tf.config.set_visible_devices([], 'GPU').",
    candidates=(
        Candidate(
            cause=Cause.XLA_UNSUPPORTED_OP,
            check="the machine is no Mac: jit_compile is on for a plugin device",
        ),
    ),
    read=_read,
    source="tensorflow/compiler/xla/stream_executor/multi_platform_manager.cc",
    hits=(
        "2023-01-01 01:01:01.1: W tensorflow/core/framework/op_kernel.cc:1830] OP_REQUIRES failed "
        "at xla_ops.cc:418 : NOT_FOUND: could not find registered platform with id: 0x12345abc0\n",
        "UnimplementedError: Could not find compiler for platform METAL: NOT_FOUND: could not find "
        "registered compiler for platform METAL -- check target linkage\n",
    ),
    misses=("Could not find registered handler with id: 7\n",),
)
