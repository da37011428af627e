"""NVML does not answer in time."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._nvml_states import said, with_nvml
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    nvml, failure = examination.inventory.nvml, examination.start_failure
    if nvml.state != "timed_out":
        return
    hangs = failure is not None and failure.kind == "timed_out"
    yield Seen(
        seen=f"{said(nvml)}; TensorFlow does not come up either" if hangs else said(nvml),
        fix="Mend the driver first (dmesg, NVRM Xid lines; reset or reboot); "
        "CUDA_VISIBLE_DEVICES=-1 starts TensorFlow on the CPU meanwhile."
        if hangs
        else None,
    )


RULE = Rule(
    code="DOC107",
    name="nvml-timed-out",
    severity=Severity.ERROR,
    why="NVML waits in the kernel when a GPU has crashed, is being reset, or when many GPUs start "
    "without persistence mode; CUDA would wait there too.",
    fix="Look into dmesg for NVRM Xid lines; turn persistence mode on (nvidia-smi -pm 1); reset "
    "or reboot when it stays.",
    source="https://docs.nvidia.com/deploy/driver-persistence/index.html",
    detect=_detect,
    hits=(lambda: with_nvml("timed_out", "NVML did not answer in time: it hung at nvmlInit"),),
    misses=(
        healthy_gpu,
        lambda: with_nvml("failed", "NVML error 999: Unknown Error"),
    ),
)
