"""At which precision the nodes of a cluster can train a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from envprobe.check.as_run_there import as_run_there
from envprobe.check.changes.alternatives import policy_of
from envprobe.check.changes.changes import with_dtype
from envprobe.check.changes.what_if import WhatIf
from envprobe.check.judging.judge import judge
from envprobe.check.result import PrecisionAnswer, TargetResult
from envprobe.check.target import Target
from envprobe.cluster.nodelist import natural, nodelist
from envprobe.models.oplist import OpList
from envprobe.terms import Verdict

# What a traced policy can be turned into without tracing again: no cast is added by it.
_OTHERS = {
    "mixed_float16": (("mixed_bfloat16", "float16", "bfloat16"), ("float32", "float16", "float32")),
    "mixed_bfloat16": (
        ("mixed_float16", "bfloat16", "float16"),
        ("float32", "bfloat16", "float32"),
    ),
    "float16": (("bfloat16", "float16", "bfloat16"), ("float32", "float16", "float32")),
    "bfloat16": (("float32", "bfloat16", "float32"),),
    "float64": (("float32", "float64", "float32"),),
}


def precisions(
    oplist: OpList, targets: Sequence[Target], results: Sequence[TargetResult]
) -> tuple[PrecisionAnswer, ...]:
    """For the model's own precision, and those that it can be turned into, where it runs whole.

    A node on which a part would run on the CPU or emulated is not among them.
    """
    policy = policy_of(oplist)
    if policy is None:
        return ()
    whole = (one for one in results if one.trains_here and one.verdict is Verdict.SUPPORTED)
    own = _answer(policy, (result.nodes for result in whole))
    return (own, *_turned(oplist, targets, policy))


def _turned(oplist: OpList, targets: Sequence[Target], policy: str) -> Iterator[PrecisionAnswer]:
    training = [target for target in targets if target.trains_here]
    for name, old, new in _OTHERS.get(policy, ()):
        able = (one.nodes for one in training if _runs_whole(oplist, one, name, old, new))
        yield _answer(name, able)


def _runs_whole(oplist: OpList, target: Target, name: str, old: str, new: str) -> bool:
    """Whether all of the model is known to run there after the change, and nothing is lost."""
    change = with_dtype(old, new)
    what_if = WhatIf(as_run_there(oplist, target), target, judge)
    changed = what_if.if_all(name, change)
    rest = [one for one in what_if.oplist.requirements if change(one) is one]
    others = what_if.if_these(rest, lambda one: one) if rest else changed
    return all(then is not None and not then.lossy for then in (changed, others))


def _answer(policy: str, groups: Iterable[Sequence[str]]) -> PrecisionAnswer:
    nodes = tuple(sorted({node for group in groups for node in group}, key=natural))
    return PrecisionAnswer(
        precision=policy, nodes=nodes, nodelist=nodelist(nodes) if nodes else None
    )
