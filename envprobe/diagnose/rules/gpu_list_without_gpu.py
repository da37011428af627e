"""A list of TensorFlow's devices was printed, and there is no GPU in it."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import (
    NO_DRIVER,
    NO_LIBRARIES,
    ON_WINDOWS,
    build_fields,
    degraded,
    dropped_on_windows,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity

ANY_GPU = r"GPU:[0-9]|device_type: \"GPU\"|device_type='GPU'"
# A field of the list from 2.7 on.
NEW_LIST = "xla_global_id"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    near = f"{sighting.before[-800:]}\n{sighting.text[:2500]}"
    if compiled(ANY_GPU).search(near) or log.platform == "macos":
        return None
    chosen = log.field("cuda-visible-devices", "value")
    if chosen is not None and chosen not in ("0", "all"):
        return degraded(sighting, log, Cause.DEVICE_ORDINAL, candidates=(NO_LIBRARIES, NO_DRIVER))
    old = _is_old_list(sighting) or "Device mapping" in sighting.line.text
    cause = Cause.GPU_LIBS_MISSING if old else _cause(sighting, log)
    others = [
        one for one in (NO_LIBRARIES, ON_WINDOWS, NO_DRIVER, CPU_BUILD) if one.cause is not cause
    ]
    return degraded(sighting, log, cause, build_fields(log), tuple(others))


def _is_old_list(sighting: Sighting) -> bool:
    """Whether `device_lib` of a release before 2.7 wrote it."""
    return "incarnation" in sighting.after[:300] and NEW_LIST not in sighting.after[:400]


def _cause(sighting: Sighting, log: Log) -> Cause:
    if log.platform in ("linux", "wsl"):
        return Cause.GPU_LIBS_MISSING
    dropped = dropped_on_windows(sighting, log)
    if log.platform == "windows" or log.has("windows-build"):
        return Cause.WINDOWS_NATIVE_GPU_DROPPED if dropped else Cause.GPU_LIBS_MISSING
    # A build with CUDA code says why it has no GPU; on Linux all wheels are such builds, on
    # Windows none is: a list without such a word is most often from there.
    silent = not log.has("cuda-runtime-not-found", "gpu-libraries-not-opened")
    return Cause.WINDOWS_NATIVE_GPU_DROPPED if silent and dropped else Cause.GPU_LIBS_MISSING


CPU_BUILD = Candidate(
    cause=Cause.INVALID_DEVICE_PLACEMENT,
    check="tf.test.is_built_with_cuda() is False: a build for the CPU (tensorflow-cpu) is "
    "installed",
)

RULE = Rule(
    code="LOG107",
    name="gpu-list-without-gpu",
    cause=Cause.GPU_LIBS_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"name: \"/device:CPU:0\""),
        Pattern(r"PhysicalDevice\(name='/physical_device:CPU:0', device_type='CPU'\) ?\]"),
        Pattern(
            r"list_(?:physical|logical)_devices\((?:device_type ?= ?)?['\"]GPU['\"]\)\)?$",
            after=(r"^\s*(?:Out\[[0-9]+\]: ?)?\[\]\s*(?:\n|$)",),
        ),
        Pattern(
            r"list_(?:physical|logical)_devices\((?:device_type ?= ?)?['\"]GPU['\"]\)\)?;? *"
            r"(?:#|//|=>|->|:|returns?|gives?|prints?|outputs?|is)[ #:]*\[\]",
            anchors=("list_physical_devices(", "list_logical_devices("),
        ),
        Pattern(
            r"(?:is_gpu_available|is_buil[dt]_with_(?:cuda|gpu_support))\([^)]*\)\)?;? *"
            r"(?:#|//|=>|->|:|returns?|gives?|prints?|outputs?|is)[ #:]*[Ff]alse\b",
            anchors=("is_gpu_available", "is_built_with_", "is_build_with_"),
        ),
        Pattern(
            r"(?:is_gpu_available|is_built_with_cuda|is_built_with_gpu_support)\([^)]*\)\)?$",
            after=(r"^\s*(?:Out\[[0-9]+\]: ?)?False\b",),
            anchors=("is_gpu_available", "is_built_with_"),
        ),
        Pattern(r"(?i)built with (?:cuda|gpu support)[^A-Za-z]{1,4}False", anchors=("uilt ",)),
        Pattern(
            r"(?i)num(?:ber of)? (?:physical )?gpus?(?: available)?\b[ :=]*\D{0,3}0$",
            anchors=(
                "um GPU",
                "um gpu",
                "umber of GPU",
                "umber of gpu",
                "physical GPU",
                "physical gpu",
            ),
        ),
        Pattern(
            r"GPUs? (?:is |are )?(?:Available|available)\W{1,4}(?:False|\[\]|0|None)\s*$",
            anchors=("vailable",),
        ),
        Pattern(r"Device mapping: no known devices"),
        Pattern(
            r"GPU is (?:NOT AVAILABLE|not available)",
            anchors=("GPU is NOT AVAILABLE", "GPU is not available"),
        ),
        Pattern(
            r"(?i)tensorflow.{0,40}(?:can'?t|cannot|can not|doesn'?t|does not|not|unable to) "
            r"(?:utilize|use|detect|see|find|recogni[sz]e)(?:ing)? .{0,20}\bgpus?\b",
            anchors=(" utiliz", " use ", " using ", " detect", " see ", " find", " recogni"),
        ),
    ),
    yields_to=(
        "gpu-driver-missing",
        "driver-library-mismatch",
        "driver-too-old",
        "wsl-issue",
        "device-ordinal",
        "cuda-arch-unsupported",
        "cuda-runtime-not-found",
        "gpu-libraries-not-opened",
        "gpu-library-not-loaded",
        "only-xla-gpu-registered",
        "windows-build-without-gpu",
    ),
    seen="TensorFlow[ {tensorflow}] lists its devices, and no GPU is among them.",
    why="No line says why. On native Windows no release from 2.11 on can use a GPU, whatever CUDA "
    "is installed. On Linux the CUDA libraries are missing or not found, or the build is one "
    "for the CPU.",
    fix="On Windows: run TensorFlow inside WSL2, or stay at 2.10 with CUDA 11.2 and cuDNN 8.1. On "
    "Linux: run nvidia-smi; if it lists the GPU, `pip install 'tensorflow[and-cuda]'` in a "
    "fresh environment[ (release {tensorflow} is built for CUDA {cuda}, cuDNN {cudnn})], and "
    "run again with TF_CPP_MIN_LOG_LEVEL=0 to see the reason.",
    candidates=(NO_LIBRARIES, ON_WINDOWS, NO_DRIVER),
    read=_read,
    source="https://www.tensorflow.org/install/pip",
    hits=(
        '[name: "/device:CPU:0"\ndevice_type: "CPU"\nmemory_limit: 268435456\nlocality {\n}\n'
        "incarnation: 1234567890123\nxla_global_id: -1\n]\n",
        "[PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]\n",
        "Num GPUs Available:  0\n",
        "$ CUDA_VISIBLE_DEVICES=4 python fit.py\nNum GPUs Available:  0\n",
    ),
    misses=(
        "[PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU'), "
        "PhysicalDevice(name='/physical_device:GPU:0', device_type='GPU')]\n",
        "Num GPUs Available:  1\n",
        "Num GPUs Available:  10\n",
    ),
)
