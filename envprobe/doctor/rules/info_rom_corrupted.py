"""The GPU's information ROM is damaged."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import who, with_gpu
from envprobe.doctor.rules._nvml_states import NVML_CODES
from envprobe.inventory.gpu_questions import CORRUPTED_INFO_ROM, ERROR_TEXTS
from envprobe.terms import Severity

REASON = ERROR_TEXTS[CORRUPTED_INFO_ROM]


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        fields = sorted(name for name, reason in gpu.unknown.items() if reason == REASON)
        if fields:
            yield Seen(seen=f"{who(gpu)}: {REASON} (asked for {', '.join(fields[:3])})")


RULE = Rule(
    code="DOC135",
    name="info-rom-corrupted",
    severity=Severity.WARNING,
    why="Error counts, ECC and power settings are kept there: they are lost or wrong.",
    fix="Reboot; when it stays, the GPU's maker must reflash or replace it.",
    source=NVML_CODES,
    detect=_detect,
    hits=(lambda: with_gpu(ecc_enabled=None, unknown={"ecc_enabled": REASON}),),
    misses=(healthy_gpu, lambda: with_gpu(unknown={"ecc_enabled": "not supported by this GPU"})),
)
