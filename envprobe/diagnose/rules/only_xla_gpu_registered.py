"""TensorFlow lists the GPU as XLA_GPU only: the driver sees it, the CUDA libraries are missing."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import build_fields, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity

REAL_GPU = r"(?:physical_device:|device:|/)(?:GPU|gpu):[0-9]"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    above = sighting.before[-1500:]
    if compiled(REAL_GPU).search(f"{above}\n{sighting.text[:1500]}"):
        return None
    return degraded(sighting, log, fields=build_fields(log))


RULE = Rule(
    code="LOG106",
    name="only-xla-gpu-registered",
    cause=Cause.GPU_LIBS_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"physical_device:XLA_GPU:(?P<index>[0-9]+)'"),
        Pattern(r"name: \"/device:XLA_GPU:(?P<index>[0-9]+)\""),
        Pattern(r"device_type: \"XLA_GPU\""),
    ),
    yields_to=("gpu-library-not-loaded", "gpu-libraries-not-opened", "cuda-arch-unsupported"),
    seen="TensorFlow lists an XLA_GPU device and no GPU device.",
    why="XLA registers its device as soon as the driver answers. The real GPU device is "
    "registered only when all CUDA libraries could be opened; here at least one of them could "
    "not.",
    fix="Look above for 'Could not load dynamic library' and install that library[: TensorFlow "
    "{tensorflow} is built for CUDA {cuda} and cuDNN {cudnn}]. Without such a line: install "
    "exactly the CUDA and cuDNN versions that the release names, and put their folder into "
    "LD_LIBRARY_PATH. Do not name XLA_GPU in tf.device.",
    read=_read,
    source="tensorflow/compiler/jit/xla_gpu_device.cc",
    hits=(
        "[PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU'),\n"
        " PhysicalDevice(name='/physical_device:XLA_CPU:0', device_type='XLA_CPU'),\n"
        " PhysicalDevice(name='/physical_device:XLA_GPU:0', device_type='XLA_GPU')]\n",
    ),
    misses=(
        "[PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU'), "
        "PhysicalDevice(name='/physical_device:XLA_GPU:0', device_type='XLA_GPU'), "
        "PhysicalDevice(name='/physical_device:GPU:0', device_type='GPU')]\n",
    ),
)
