"""Where in a cluster the model trains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from envprobe.check.result import ClusterAnswer, TargetResult
from envprobe.cluster.affinity import node_affinity
from envprobe.cluster.nodelist import natural, nodelist
from envprobe.terms import Verdict

# The gravest first: a node trains on all of its training devices, or it is not one that can.
_GRAVEST = (Verdict.UNSUPPORTED, Verdict.UNKNOWN, Verdict.PARTIAL, Verdict.SUPPORTED)


def cluster_answer(results: Sequence[TargetResult]) -> ClusterAnswer | None:
    """The nodes by whether they can train, with the scheduler's lists; None for one machine.

    A node can where all that it would train on has verdict `supported` or `partial`.
    """
    verdicts = _by_node(results)
    if len(verdicts) < 2:
        return None
    names = sorted(verdicts, key=natural)
    can = tuple(name for name in names if verdicts[name] in (Verdict.SUPPORTED, Verdict.PARTIAL))
    cannot = tuple(name for name in names if verdicts[name] is Verdict.UNSUPPORTED)
    unknown = tuple(name for name in names if verdicts[name] is Verdict.UNKNOWN)
    others = (*cannot, *unknown)
    return ClusterAnswer(
        can=can,
        cannot=cannot,
        unknown=unknown,
        nodelist=nodelist(can) if can else None,
        exclude=nodelist(others) if others else None,
        affinity=node_affinity(can) if can else None,
        partly=tuple(name for name in can if verdicts[name] is Verdict.PARTIAL),
    )


def _by_node(results: Iterable[TargetResult]) -> dict[str, Verdict]:
    """The gravest verdict of the devices that each node trains on."""
    found: dict[str, Verdict] = {}
    for result in results:
        if not result.trains_here:
            continue
        for node in result.nodes:
            verdicts = (found.get(node, result.verdict), result.verdict)
            found[node] = min(verdicts, key=_GRAVEST.index)
    return found
