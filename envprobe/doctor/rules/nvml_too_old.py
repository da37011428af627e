"""NVIDIA's driver is so old that its NVML lacks the first call."""

from __future__ import annotations

from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule
from envprobe.doctor.rules._nvml_states import in_state, with_nvml
from envprobe.terms import Severity

RULE = Rule(
    code="DOC104",
    name="nvml-too-old",
    severity=Severity.ERROR,
    why="This driver is older than everything that TensorFlow 2.13 and newer can run on "
    "(Linux: 450.80.02 for CUDA 11, 525.60.13 for CUDA 12).",
    fix="Install a current NVIDIA driver (in a container: on the host).",
    source="https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html",
    detect=in_state("too_old"),
    hits=(lambda: with_nvml("too_old", "this driver's NVML does not have the call"),),
    misses=(
        healthy_gpu,
        lambda: with_nvml("absent", "libnvidia-ml.so.1 cannot be loaded"),
    ),
)
