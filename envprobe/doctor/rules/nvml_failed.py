"""NVML does not open, for a reason that is none of the known ones."""

from __future__ import annotations

from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule
from envprobe.doctor.rules._nvml_states import NVML_CODES, in_state, with_nvml
from envprobe.terms import Severity

RULE = Rule(
    code="DOC109",
    name="nvml-failed",
    severity=Severity.ERROR,
    why="NVML does not open, so nothing is known about the GPUs and CUDA will hardly open either.",
    fix="Run nvidia-smi and look into dmesg for NVRM lines.",
    source=NVML_CODES,
    detect=in_state("failed"),
    hits=(lambda: with_nvml("failed", "NVML error 999: Unknown Error"),),
    misses=(
        healthy_gpu,
        lambda: with_nvml("no_permission", "no permission"),
    ),
)
