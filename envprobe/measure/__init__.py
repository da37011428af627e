"""How long something takes: numbers in, numbers out, no clock in here."""

from __future__ import annotations

from envprobe.measure.sampling import Sampling
from envprobe.measure.stopping import SamplingRule
from envprobe.measure.timing import Timing

__all__ = ["Sampling", "SamplingRule", "Timing"]
