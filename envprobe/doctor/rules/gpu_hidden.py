"""CUDA_VISIBLE_DEVICES leaves a GPU of this machine out."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import with_gpus
from envprobe.doctor.rules._visible import CUDA_VARIABLES, setting, visibility
from envprobe.inventory.cuda_visible import HIDE_ALL, VARIABLE
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    value, seen = examination.environ.get(VARIABLE), visibility(examination)
    # A faulty list hides GPUs, too: its own rules tell that.
    faulty = seen.duplicate is not None or seen.invalid is not None
    if value is None or faulty or seen.targets is None:
        return
    shown = {target.gpu for target in seen.targets}
    hidden = sorted({target.gpu for target in seen.hidden if target.mig is None} - shown)
    if hidden:
        hides_all = value.strip() in HIDE_ALL
        yield Seen(
            seen=f"{setting(examination)} hides GPU {', '.join(map(str, hidden))}",
            severity=Severity.WARNING if hides_all else Severity.INFO,
            command=unset_variable(VARIABLE),
        )


RULE = Rule(
    code="DOC111",
    name="gpu-hidden",
    severity=Severity.INFO,
    why="TensorFlow will not list it, whatever else is right.",
    fix=f"Unset {VARIABLE} or name the GPU, if it was meant to be used; leave what a cluster's "
    "scheduler has set.",
    source=CUDA_VARIABLES,
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_gpu(), CUDA_VISIBLE_DEVICES="-1"),
        lambda: with_environ(with_gpus({}, {}), CUDA_VISIBLE_DEVICES="1"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_environ(healthy_gpu(), CUDA_VISIBLE_DEVICES="0"),
        lambda: with_environ(healthy_gpu(), CUDA_VISIBLE_DEVICES="7"),
    ),
)
