"""What `envprobe merge` and `envprobe diff` print: for people, or as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envprobe.cli._streams import replace_unprintable, write_stdout, writing_stdout

if TYPE_CHECKING:
    from envprobe.cluster.diff import DiffResult
    from envprobe.cluster.merge import MergeResult


def show_merged(result: MergeResult, *, as_json: bool) -> None:
    """Print the report, or with `as_json` the cluster file's bytes."""
    if as_json:
        from envprobe.cluster.store import encode_cluster

        write_stdout(encode_cluster(result.cluster))
        return
    from rich.console import Console

    from envprobe.report.cluster.merged import print_merged

    replace_unprintable()
    with writing_stdout():
        print_merged(result, Console(highlight=False))


def show_diff(result: DiffResult, *, as_json: bool) -> None:
    """Print the report or the JSON."""
    if as_json:
        import msgspec

        write_stdout(msgspec.json.encode(result.diff) + b"\n")
        return
    from rich.console import Console

    from envprobe.report.cluster.difference import print_diff

    replace_unprintable()
    with writing_stdout():
        print_diff(result, Console(highlight=False))
