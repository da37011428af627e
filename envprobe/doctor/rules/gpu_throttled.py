"""The hardware slows the GPU down, and does not say whether for heat or for power."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import CLOCK_REASONS, with_gpu, working
from envprobe.doctor.rules._throttling import BY_HEAT, BY_POWER, held_back
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    # While it changes its clocks an idle GPU may say so, too.
    yield from held_back(examination, {"hw_slowdown"}, unless=BY_HEAT | BY_POWER | {"gpu_idle"})


RULE = Rule(
    code="DOC122",
    name="gpu-throttled",
    severity=Severity.WARNING,
    why="The GPU computes at half its clock or less, and timings tell of the cooling or the power, "
    "not of the kernel.",
    fix="Check cooling, power cables and the power supply.",
    source=CLOCK_REASONS,
    detect=_detect,
    hits=(lambda: with_gpu(throttle_reasons=("hw_slowdown",)),),
    misses=(
        healthy_gpu,
        lambda: with_gpu(throttle_reasons=("gpu_idle",)),
        lambda: with_gpu(throttle_reasons=("hw_slowdown", "hw_thermal_slowdown")),
        lambda: working(throttle_reasons=("sw_power_cap",)),
    ),
)
