"""TensorFlow's build has no kernels for this GPU: it is newer than the build."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if log.went_on_after(sighting) and not log.has("failure"):
        return Reading(kind=Kind.BENIGN)
    return Reading()


RULE = Rule(
    code="LOG170",
    name="gpu-newer-than-build",
    cause=Cause.CUDA_ARCH_UNSUPPORTED,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"not built with CUDA kernel binaries compatible with compute capability "
            r"(?P<capability>[0-9]+\.[0-9]+)"
        ),
        Pattern(
            r"(?P<gpu>[^/:]{3,60}?) with CUDA capability sm_(?P<digits>[0-9]+) is not compatible "
            r"with the current"
        ),
        Pattern(
            r"GPU .{0,60}compute capability (?P<capability>[0-9]+\.[0-9]+).{0,30}(?:is not|not) "
            r"supported by this (?:build|version|binary)",
            anchors=("compute capability ",),
        ),
        Pattern(r"'(?P<target>sm_[0-9a-z]+)' is not a recognized processor for this"),
        Pattern(
            r"Detected (?P<gpu>.{3,60}?) GPU, which (?:is not yet|may not yet be|is no longer) "
            r"supported (?:in|by) this (?:version of the )?container"
        ),
    ),
    seen="this TensorFlow has no kernels for the GPU[: compute capability {capability}][: "
    "sm_{digits}][: {target}][: {gpu}]",
    why="The binary holds machine code for older GPUs only. The driver must translate its PTX at "
    "the start, which takes up to half an hour, and with kernels or libraries whose PTX it cannot "
    "use the run fails (CUDA_ERROR_INVALID_PTX, CUDA_ERROR_INVALID_HANDLE, no kernel image).",
    fix="Take a TensorFlow whose build includes this GPU: a newer release or tf-nightly, NVIDIA's "
    "container (nvcr.io/nvidia/tensorflow), or a build of your own with this capability in "
    "TF_CUDA_COMPUTE_CAPABILITIES. Where only the start is slow, set CUDA_CACHE_MAXSIZE=4294967296 "
    "so that the translation is done once.",
    candidates=(
        Candidate(
            cause=Cause.BENIGN,
            check="Does training go on after the wait? Then it only costs time at the first start.",
        ),
    ),
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    read=_read,
    hits=(
        "W0000 00:00:1750000000.000001    321 gpu_device.cc:2433] TensorFlow was not "
        "built with CUDA kernel binaries compatible with compute capability 12.1. CUDA "
        "kernels will be jit-compiled from PTX, which could take 30 minutes or longer.",
    ),
    misses=(
        "I0000 00:00:1750000000.1 321 gpu_device.cc:2020] Created device "
        "/job:localhost/replica:0/task:0/device:GPU:0 with 13775 MB memory:  -> device: 0, name: "
        "NVIDIA RTX A4000, pci bus id: 0000:01:00.0, compute capability: 8.6",
    ),
)
