"""This user may not open NVIDIA's devices."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._causes import told_by
from envprobe.doctor.rules._gpus import is_container
from envprobe.doctor.rules._nvml_states import NVML_CODES, said, with_nvml
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    nvml = examination.inventory.nvml
    # Where the files of the devices are closed to the user, that is told by their names.
    if nvml.state == "no_permission" and not told_by(examination, "DOC152"):
        devices = "Let the container have the devices (--gpus all)."
        yield Seen(seen=said(nvml), fix=devices if is_container(examination) else None)


RULE = Rule(
    code="DOC106",
    name="nvml-no-permission",
    severity=Severity.ERROR,
    why="This user may not open /dev/nvidiactl, so CUDA cannot either.",
    fix="Add the user to the group that owns /dev/nvidia* (often video or render), and log in "
    "anew.",
    source=NVML_CODES,
    detect=_detect,
    hits=(lambda: with_nvml("no_permission", "no permission"),),
    misses=(healthy_gpu, lambda: with_nvml("failed", "NVML error 999: Unknown Error")),
)
