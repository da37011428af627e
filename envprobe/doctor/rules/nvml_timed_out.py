"""NVML does not answer in time."""

from __future__ import annotations

from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule
from envprobe.doctor.rules._nvml_states import in_state, with_nvml
from envprobe.terms import Severity

RULE = Rule(
    code="DOC107",
    name="nvml-timed-out",
    severity=Severity.ERROR,
    why="NVML waits in the kernel when a GPU has crashed, is being reset, or when many GPUs start "
    "without persistence mode; CUDA would wait there too.",
    fix="Look into dmesg for NVRM Xid lines; turn persistence mode on (nvidia-smi -pm 1); reset "
    "or reboot when it stays.",
    source="https://docs.nvidia.com/deploy/driver-persistence/index.html",
    detect=in_state("timed_out"),
    hits=(lambda: with_nvml("timed_out", "NVML did not answer in time: it hung at nvmlInit"),),
    misses=(
        healthy_gpu,
        lambda: with_nvml("failed", "NVML error 999: Unknown Error"),
    ),
)
