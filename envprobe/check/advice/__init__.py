"""What runs and is still wrong, or worth knowing, of a model's step. It never decides a verdict."""

from __future__ import annotations

from collections.abc import Callable

from envprobe.check.advice.activated_twice import activated_twice
from envprobe.check.advice.broadcast_targets import broadcast_targets
from envprobe.check.advice.half_without_scaling import half_without_scaling
from envprobe.check.advice.imaginary_part_lost import imaginary_part_lost
from envprobe.check.advice.mask_lost import mask_lost
from envprobe.check.advice.not_compiled import not_compiled
from envprobe.check.advice.not_probabilities import not_probabilities
from envprobe.check.advice.nothing_trains import nothing_trains
from envprobe.check.advice.one_class import one_class
from envprobe.check.advice.single_value_norm import single_value_norm
from envprobe.check.advice.top_k_of_all import top_k_of_all
from envprobe.check.advice.untouched_variables import untouched_variables
from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList

Rule = Callable[[OpList], tuple[CheckFinding, ...]]
_RULES: tuple[Rule, ...] = (
    broadcast_targets,
    imaginary_part_lost,
    nothing_trains,
    untouched_variables,
    one_class,
    half_without_scaling,
    activated_twice,
    mask_lost,
    not_compiled,
    top_k_of_all,
    single_value_norm,
    not_probabilities,
)


def advice_of(oplist: OpList) -> tuple[CheckFinding, ...]:
    """Warnings and notes, in the order of their codes."""
    return tuple(finding for rule in _RULES for finding in rule(oplist))
