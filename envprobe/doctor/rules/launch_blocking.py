"""CUDA waits for every kernel that it launches."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._visible import CUDA_VARIABLES
from envprobe.terms import Severity

VARIABLE = "CUDA_LAUNCH_BLOCKING"


def _detect(examination: Examination) -> Iterator[Seen]:
    if examination.gpus and examination.environ.get(VARIABLE) == "1":
        yield Seen(seen=f"{VARIABLE}=1 is set", command=unset_variable(VARIABLE))


RULE = Rule(
    code="DOC232",
    name="launch-blocking",
    severity=Severity.WARNING,
    why="Every kernel launch waits for the GPU: all timings are those of debugging.",
    fix="Unset it when you do not debug.",
    source=CUDA_VARIABLES,
    detect=_detect,
    hits=(lambda: with_environ(healthy_gpu(), CUDA_LAUNCH_BLOCKING="1"),),
    misses=(healthy_gpu, lambda: with_environ(healthy_gpu(), CUDA_LAUNCH_BLOCKING="0")),
)
