"""CUDA_VISIBLE_DEVICES names one GPU twice."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import with_gpus
from envprobe.doctor.rules._visible import setting, visibility
from envprobe.inventory.cuda_visible import VARIABLE
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    duplicate = visibility(examination).duplicate
    if duplicate is not None and examination.gpus:
        entries = [entry.strip() for entry in examination.environ[VARIABLE].split(",")]
        yield Seen(
            seen=f"{setting(examination)} names {duplicate!r} twice",
            command=set_variable(VARIABLE, ",".join(dict.fromkeys(entries))),
        )


RULE = Rule(
    code="DOC113",
    name="visible-devices-repeated",
    severity=Severity.ERROR,
    why="CUDA answers a repeated entry by showing no GPU at all.",
    fix="Name each GPU once.",
    source="https://github.com/pytorch/pytorch/blob/v2.8.0/torch/cuda/__init__.py",
    detect=_detect,
    hits=(lambda: with_environ(with_gpus({}, {}), CUDA_VISIBLE_DEVICES="0,1,0"),),
    misses=(healthy_gpu, lambda: with_environ(with_gpus({}, {}), CUDA_VISIBLE_DEVICES="1,0")),
)
