"""CUDA_VISIBLE_DEVICES names a GPU that this machine does not have."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable, unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import with_gpus
from envprobe.doctor.rules._visible import CUDA_VARIABLES, setting, visibility
from envprobe.inventory.cuda_visible import VARIABLE
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    seen = visibility(examination)
    if seen.invalid is None or not examination.gpus:
        return
    count = len(examination.gpus)
    yield Seen(
        seen=f"{setting(examination)}: {seen.invalid!r} is no GPU of this machine ({count} there)",
        # Nothing before the entry: nothing is shown.
        severity=None if not seen.targets else Severity.WARNING,
        command=_command(examination, seen.invalid),
    )


def _command(examination: Examination, invalid: str) -> str:
    entries = examination.environ[VARIABLE].split(",")
    good = [entry for entry in entries if entry != invalid]
    return set_variable(VARIABLE, ",".join(good)) if good else unset_variable(VARIABLE)


RULE = Rule(
    code="DOC112",
    name="visible-devices-invalid",
    severity=Severity.ERROR,
    why="CUDA stops reading at the first entry that it does not know: this one and all that follow "
    "are hidden, without a message.",
    fix="Correct the entry; nvidia-smi -L lists indexes and UUIDs.",
    source=CUDA_VARIABLES,
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_gpu(), CUDA_VISIBLE_DEVICES="1"),
        lambda: with_environ(with_gpus({}, {}), CUDA_VISIBLE_DEVICES="0,5,1"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_environ(healthy_gpu(), CUDA_VISIBLE_DEVICES="0,-1"),
        lambda: with_environ(healthy_cpu(), CUDA_VISIBLE_DEVICES="0"),
    ),
)
