"""The GPU is so hot that its clocks are held back."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import CLOCK_REASONS, with_gpu
from envprobe.doctor.rules._throttling import BY_HEAT, held_back
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    yield from held_back(examination, BY_HEAT)


def _throttled(*reasons: str) -> Examination:
    return with_gpu(throttle_reasons=reasons, temperature_celsius=92.0)


RULE = Rule(
    code="DOC125",
    name="gpu-throttled-by-heat",
    severity=Severity.WARNING,
    why="The GPU computes below its clock until it has cooled, and timings tell of the cooling, "
    "not of the kernel.",
    fix="Check fans, airflow and the room; a passively cooled card needs the server's fans.",
    source=CLOCK_REASONS,
    detect=_detect,
    hits=(
        lambda: _throttled("sw_thermal_slowdown"),
        lambda: _throttled("hw_slowdown", "hw_thermal_slowdown"),
    ),
    misses=(healthy_gpu, lambda: _throttled("hw_slowdown", "hw_power_brake_slowdown")),
)
