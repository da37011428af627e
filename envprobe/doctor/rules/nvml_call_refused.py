"""NVML answers, and refuses single questions for want of permission."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import who, with_gpu
from envprobe.doctor.rules._nvml_states import NVML_CODES
from envprobe.inventory.gpu_questions import ERROR_TEXTS, NO_PERMISSION
from envprobe.inventory.nvml import is_lost
from envprobe.terms import Severity

REFUSED = ERROR_TEXTS[NO_PERMISSION]


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        refused = sorted(name for name, reason in gpu.unknown.items() if reason == REFUSED)
        if refused and not is_lost(gpu):
            yield Seen(
                seen=f"{who(gpu)}: no permission to read {_some(refused)}",
                # Who may not even ask the name may not open the GPU.
                severity=Severity.INFO if gpu.name else Severity.WARNING,
            )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more


RULE = Rule(
    code="DOC110",
    name="nvml-call-refused",
    severity=Severity.INFO,
    why="These fields stay unknown; the others are not touched by it.",
    fix="Ask as a user who may open the GPU, or start the container with "
    "NVIDIA_DRIVER_CAPABILITIES=compute,utility.",
    source=NVML_CODES,
    detect=_detect,
    hits=(
        lambda: with_gpu(processes=None, unknown={"processes": REFUSED}),
        lambda: with_gpu(name=None, uuid=None, unknown={"name": REFUSED, "uuid": REFUSED}),
    ),
    misses=(
        healthy_gpu,
        lambda: with_gpu(ecc_enabled=None, unknown={"ecc_enabled": "not supported by this GPU"}),
    ),
)
