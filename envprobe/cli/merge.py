"""`envprobe merge`: many machines' matrices into one cluster file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from envprobe.cli._exits import FINE
from envprobe.cli._streams import say

PATHS = "Matrix files, folders of them, cluster files."
OUTPUT = "Write the cluster file here."
STRICT = "End with 2, and write nothing, when a file cannot be read."
JSON = "Print the cluster file as JSON."


def merge(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help=PATHS)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=OUTPUT)
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help=STRICT)] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON)] = False,
) -> int:
    """Merge the matrices of many machines into one cluster file.

    Each environment is kept once; of each node the newest scan counts. Nodes that disagree with
    others of the same environment are reported.
    """
    from envprobe.cli._show_cluster import show_merged
    from envprobe.cluster.merge import merge as merged

    result = merged(paths, output=output, strict=strict, notice=say)
    if result.unreadable:
        total = result.files + len(result.unreadable)
        say(f"{len(result.unreadable):,} of {total:,} could not be read and were left out")
    show_merged(result, as_json=as_json)
    return FINE
