"""The answer of `envprobe ops` on stdout: for people, or as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envprobe.cli._streams import replace_unprintable, say, write_stdout, writing_stdout

if TYPE_CHECKING:
    from envprobe.evidence.ops_result import OpsResult


def show_ops(result: OpsResult, *, as_json: bool) -> None:
    """Print the report or the JSON; the notes go to stderr either way."""
    for note in result.notes:
        say(note)
    if as_json:
        import msgspec

        write_stdout(msgspec.json.encode(result) + b"\n")
        return
    from rich.console import Console

    from envprobe.report.ops.answer import print_ops

    replace_unprintable()
    with writing_stdout():
        print_ops(result, Console(highlight=False))
