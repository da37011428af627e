"""A variable makes CUDA load only PTX, or only machine code."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._visible import CUDA_VARIABLES
from envprobe.terms import Severity

MEANINGS = {
    "CUDA_FORCE_PTX_JIT": "machine code is ignored",
    "CUDA_DISABLE_PTX_JIT": "PTX is ignored",
}


def _detect(examination: Examination) -> Iterator[Seen]:
    for name, meaning in MEANINGS.items():
        if examination.gpus and examination.environ.get(name) == "1":
            yield Seen(seen=f"{name}=1 is set: {meaning}", command=unset_variable(name))


RULE = Rule(
    code="DOC231",
    name="ptx-compilation-forced",
    severity=Severity.WARNING,
    why="Kernels that exist only compiled, or only as PTX, cannot be loaded: device kernel image "
    "is invalid.",
    fix="Unset it.",
    source=CUDA_VARIABLES,
    detect=_detect,
    hits=tuple(
        lambda name=name: with_environ(healthy_gpu(), **{name: "1"})  # type: ignore[misc]
        for name in MEANINGS
    ),
    misses=(healthy_gpu, lambda: with_environ(healthy_gpu(), CUDA_FORCE_PTX_JIT="0")),
)
