"""NVML's reasons for slowed clocks, told apart: heat, power, and those that name neither."""

from __future__ import annotations

from collections.abc import Iterator, Set

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Seen
from envprobe.doctor.rules._gpus import who
from envprobe.doctor.rules._visible import gpus_in_use

BY_HEAT = frozenset(("sw_thermal_slowdown", "hw_thermal_slowdown"))
BY_POWER = frozenset(("hw_power_brake_slowdown",))


def held_back(
    examination: Examination, reasons: Set[str], unless: Set[str] = frozenset()
) -> Iterator[Seen]:
    """Each GPU whose clocks are held back for one of these reasons, and for none of the others."""
    for gpu in gpus_in_use(examination):
        told = set(gpu.throttle_reasons or ())
        if told & reasons and not told & unless:
            names = ", ".join(sorted(told & (reasons | {"hw_slowdown"})))
            warmth = gpu.temperature_celsius
            degrees = "" if warmth is None else f" at {warmth:g} °C"
            yield Seen(seen=f"{who(gpu)}: clocks are held back by {names}{degrees}")
