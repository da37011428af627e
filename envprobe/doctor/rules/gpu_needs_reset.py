"""The GPU tells NVML that it needs a reset."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import smi, who, with_gpu
from envprobe.doctor.rules._nvml_states import NVML_CODES
from envprobe.inventory.gpu_questions import ERROR_TEXTS, RESET_REQUIRED
from envprobe.terms import Severity

REASON = ERROR_TEXTS[RESET_REQUIRED]


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        fields = sorted(name for name, reason in gpu.unknown.items() if reason == REASON)
        if fields:
            yield Seen(
                seen=f"{who(gpu)}: {REASON} (asked for {fields[0]})",
                command=smi(examination, gpu, "--gpu-reset"),
            )


RULE = Rule(
    code="DOC134",
    name="gpu-needs-reset",
    severity=Severity.ERROR,
    why="It has stopped after a fault of its own: programs cannot start on it until it is reset.",
    fix="End what runs on it and reset it (nvidia-smi --gpu-reset), or reboot; look into dmesg for "
    "the NVRM Xid line that says why.",
    source=NVML_CODES,
    detect=_detect,
    hits=(lambda: with_gpu(name=None, unknown={"name": REASON}),),
    misses=(healthy_gpu, lambda: with_gpu(unknown={"ecc_enabled": "not supported by this GPU"})),
)
