"""Which share of a step's FLOPs some of its nodes have."""

from __future__ import annotations

from collections.abc import Iterable

from envprobe.models.oplist import OpList, Requirement


def share_of(affected: Iterable[Requirement], oplist: OpList) -> float | None:
    """From 0 to 1; None where the FLOPs of the step, or of a node, are not known."""
    chosen = tuple(affected)
    if not chosen:
        return 0.0
    whole = (*oplist.requirements, *chosen)
    if any(one.flops is None for one in whole) or oplist.flops <= 0:
        return None
    flops = sum((one.flops or 0.0) * one.count for one in chosen)
    return min(flops / oplist.flops, 1.0)


def share_in_words(share: float | None) -> str:
    """`12 % of the step's FLOPs`, or that it is not known."""
    if share is None:
        return "how much of the step that is, is not known: some shapes are open"
    if 0 < share < 0.01:
        return "less than 1 % of the step's FLOPs"
    return f"{share:.0%} of the step's FLOPs".replace("%", " %")
