"""The only GPU has a compute capability below what TensorFlow's binaries are built for."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity

LEAST = (3, 5)  # of the official binaries of TensorFlow 2: gpu_device.cc, CUDA 10 and later


def _read(sighting: Sighting, log: Log) -> Reading | None:
    fields = sighting.fields
    written = fields.get("capability") or f"{fields['major']}.{fields['minor']}"
    major, minor = (int(part) for part in written.split("."))
    if (major, minor) >= LEAST or log.has("gpu-created", "gpu-listed"):
        return None
    return Reading(
        fields={"capability": written, "gpu": fields.get("gpu", "").strip() or "the GPU"}
    )


RULE = Rule(
    code="LOG174",
    name="gpu-capability-too-low",
    cause=Cause.CUDA_ARCH_UNSUPPORTED,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"name: (?P<gpu>[^,:]+?) major: (?P<major>[0-9]+) minor: (?P<minor>[0-9]+)",
            anchors=(" major: ",),
        ),
        Pattern(r"^ *major: (?P<major>[0-9]+) minor: (?P<minor>[0-9]+) memoryClockRate"),
        Pattern(r"name: (?P<gpu>[^,:]+?) computeCapability: (?P<capability>[0-9]+\.[0-9]+)"),
    ),
    seen="{gpu} has compute capability {capability}",
    why="TensorFlow 2's official binaries have kernels from compute capability 3.5 on (5.0 and 6.0 "
    "in newer releases): they find this GPU and leave it out.",
    fix="Use another GPU or the CPU, or build TensorFlow with this capability in "
    "TF_CUDA_COMPUTE_CAPABILITIES and a CUDA toolkit that still compiles for it.",
    yields_to=("gpu-too-old",),
    source="https://www.tensorflow.org/install/pip#hardware_requirements",
    read=_read,
    hits=(
        "2020-11-12 13:14:15.1: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1618] Found "
        "device 0 with properties: \nname: GeForce GTX 680 major: 3 minor: 0 "
        "memoryClockRate(GHz): 1.0585\npciBusID: 0000:05:00.0",
    ),
    misses=("name: GeForce RTX 2070 major: 7 minor: 5 memoryClockRate(GHz): 1.62",),
)
