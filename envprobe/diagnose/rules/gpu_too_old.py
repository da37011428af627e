"""TensorFlow leaves a GPU out because its compute capability is too low."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    # A second, newer GPU does the work.
    return Reading(kind=Kind.BENIGN) if log.has("gpu-created") else Reading()


RULE = Rule(
    code="LOG173",
    name="gpu-too-old",
    cause=Cause.CUDA_ARCH_UNSUPPORTED,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Ignoring (?:visible )?gpu device \((?:device: (?P<index>[0-9]+), )?name: "
            r"(?P<gpu>[^,)]+?)(?:,.*?| )[Cc]ompute capability:? (?P<capability>[0-9]+\.[0-9]+).*?"
            r"[Mm]inimum required (?:Cuda )?(?:compute )?capability is (?P<needed>[0-9]+\.[0-9]+)",
            anchors=("gpu device (",),
        ),
        # Told on two lines, as logs are that were copied by hand.
        Pattern(
            r"Ignoring (?:visible )?gpu device \((?:device: (?P<index>[0-9]+), )?name: "
            r"(?P<gpu>[^,)]+),[^)]*\) *$",
            after=(r"with Cuda compute capability [0-9.]+\. The minimum required Cuda capability",),
        ),
        Pattern(
            r"(?:GPU|gpu|device) .{0,80}(?:does not support|insufficient) compute capability "
            r"(?P<capability>[0-9]+\.[0-9]+)",
            anchors=(" compute capability ",),
        ),
        Pattern(
            r"StreamExecutor cuda device \((?P<index>[0-9]+)\) is of insufficient compute "
            r"capability: (?P<needed>[0-9]+\.[0-9]+) required, device is (?P<capability>[0-9.]+)"
        ),
    ),
    seen="TensorFlow does not use [{gpu}, ]its compute capability [{capability} ]is too low[: it "
    "asks for {needed}]",
    why="The binary has kernels only for GPUs of a higher compute capability, so it "
    "leaves this one out and works on the CPU.",
    fix="Use another GPU, or run on the CPU; a TensorFlow of your own, built with this "
    "capability in TF_CUDA_COMPUTE_CAPABILITIES and a CUDA toolkit that still "
    "compiles for it, can use it.",
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    read=_read,
    hits=(
        "2020-02-03 04:05:06.1: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1683] Ignoring "
        "visible gpu device (device: 0, name: GeForce GT 630, pci bus id: 0000:02:00.0, compute "
        "capability: 2.1) with Cuda compute capability 2.1. The minimum required Cuda capability "
        "is 3.5.",
        "Ignoring visible gpu device (device: 0, name: GeForce GT 640 compute capability: 3.0) "
        "with Cuda compute capability 3.0. The minimum required Cuda capability is 3.5.",
        "gpu_device.cc:611] Ignoring gpu device (device: 0, name: Quadro K600, pci bus id: "
        "0000:00:05.0)\n  with Cuda compute capability 3.0. The minimum required Cuda capability "
        "is 3.5.",
    ),
    misses=(
        "Ignoring visible gpu device (device: 1, name: GeForce GT 1030, pci bus id: 0000:04:00.0, "
        "compute capability: 6.1) with core count: 3. The minimum required count is 8. You can "
        "adjust this requirement with the env var TF_MIN_GPU_MULTIPROCESSOR_COUNT.",
    ),
)
