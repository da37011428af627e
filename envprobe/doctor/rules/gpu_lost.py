"""A GPU has fallen off the bus: the driver can no longer reach it."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import who, with_gpu, with_gpus
from envprobe.doctor.rules._nvml_states import said, with_nvml
from envprobe.inventory.gpu_questions import ERROR_TEXTS, LOST
from envprobe.inventory.nvml import is_lost
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    nvml = examination.inventory.nvml
    if nvml.state == "gpu_lost":
        yield Seen(
            seen=said(nvml),
            why="A GPU has fallen off the bus, and NVML does not open for the others either.",
            fix="Look into dmesg for NVRM Xid 79; power-cycle the machine; check power and risers.",
        )
    for gpu in nvml.gpus:
        if is_lost(gpu):
            yield Seen(
                seen=f"{who(gpu)} does not answer: {ERROR_TEXTS[LOST]}",
                command=_hide_it(examination),
            )


def _hide_it(examination: Examination) -> str | None:
    """Names the GPUs that answer, by UUID: their numbers may change when one goes."""
    good = [gpu.uuid for gpu in examination.gpus if not is_lost(gpu)]
    uuids = [uuid for uuid in good if uuid is not None]
    return set_variable("CUDA_VISIBLE_DEVICES", ",".join(uuids)) if uuids else None


RULE = Rule(
    code="DOC108",
    name="gpu-lost",
    severity=Severity.ERROR,
    why="It has fallen off the bus: programs on it have died, and CUDA may fail to start on the "
    "other GPUs too.",
    fix="Look into dmesg for NVRM Xid 79; reset it (nvidia-smi -r) or power-cycle the machine; "
    "until then hide it with CUDA_VISIBLE_DEVICES.",
    source="https://docs.nvidia.com/deploy/xid-errors/index.html",
    detect=_detect,
    hits=(
        lambda: with_nvml("gpu_lost", ERROR_TEXTS[LOST]),
        lambda: with_gpus({}, {"name": None, "unknown": {"name": ERROR_TEXTS[LOST]}}),
    ),
    misses=(healthy_gpu, lambda: with_gpu(unknown={"name": "no permission"}, name=None)),
)
