"""The GPU's clocks are held back for want of power."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import CLOCK_REASONS, at_work, who, with_gpu, working
from envprobe.doctor.rules._throttling import BY_POWER, held_back
from envprobe.inventory import Gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    yield from held_back(examination, BY_POWER)
    for gpu in examination.gpus:
        reasons = set(gpu.throttle_reasons or ())
        # An idle GPU says so, too; it tells nothing there.
        if "sw_power_cap" in reasons and not reasons & BY_POWER and at_work(gpu):
            yield Seen(
                seen=f"{who(gpu)}: its power limit{_limit(gpu)} holds the clocks back",
                severity=Severity.INFO,
                why="At full load this is how GPUs work; timings tell of the limit as much as of "
                "the kernel.",
                fix="Nothing, unless the limit was lowered (nvidia-smi -q -d POWER).",
            )


def _limit(gpu: Gpu) -> str:
    watts = gpu.power_limit_watts
    return "" if watts is None else f" of {watts:g} W"


RULE = Rule(
    code="DOC126",
    name="gpu-throttled-by-power",
    severity=Severity.WARNING,
    why="The power supply has pulled the brake: the GPU computes at half its clock or less.",
    fix="Check the power supply, its cables and what else hangs on it.",
    source=CLOCK_REASONS,
    detect=_detect,
    hits=(
        lambda: with_gpu(throttle_reasons=("hw_slowdown", "hw_power_brake_slowdown")),
        lambda: working(throttle_reasons=("sw_power_cap",), power_limit_watts=300.0),
    ),
    misses=(
        healthy_gpu,
        lambda: with_gpu(throttle_reasons=("gpu_idle", "sw_power_cap")),
        lambda: with_gpu(throttle_reasons=("hw_slowdown", "hw_thermal_slowdown")),
    ),
)
