"""`envprobe diff`: what a new driver or TensorFlow changed, as a gate for upgrades."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from envprobe.cli._exits import ERROR_FOUND, FINE
from envprobe.cli._streams import say

BEFORE = "A matrix or cluster file, or a recorded matrix's name."
TIMING = "End with 1 on slow-downs too."
BOUND = "The least change of a time that counts."
JSON = "Print one JSON document."


def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help=BEFORE)],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The same, later.")],
    timing: Annotated[bool, typer.Option("--timing", help=TIMING)] = False,
    bound: Annotated[float, typer.Option("--bound", metavar="PERCENT", help=BOUND)] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help=JSON)] = False,
) -> int:
    """Compare two matrices or clusters.

    Statuses first, then environments and timings.

    Ends with 1 when a cell that was supported is not any more. Clusters are compared node by
    node, or, when they have no node in common, by their devices.
    """
    from envprobe.cli._show_cluster import show_diff
    from envprobe.cluster.diff import diff as difference

    result = difference(before, after, bound=bound / 100)
    show_diff(result, as_json=as_json)
    if timing and not any(one.timed for one in result.diff.comparisons):
        say("--timing: no time could be compared, so that nothing is said about speed")
    return ERROR_FOUND if result.regressed or (timing and result.slowed) else FINE
