"""A model's op list on stdout: for people, or as one JSON document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from envprobe.cli._streams import replace_unprintable, say, write_stdout, writing_stdout

if TYPE_CHECKING:
    from envprobe.models.oplist import OpList


def show_oplist(oplist: OpList, *, saved: Path | None, as_json: bool) -> None:
    """Print the report, or with `as_json` the file's bytes and the notes on stderr."""
    if as_json:
        from envprobe.models.store import encode_oplist

        for note in (*oplist.notes, *oplist.warnings):
            say(note)
        write_stdout(encode_oplist(oplist))
        return
    from rich.console import Console

    from envprobe.report.oplist.report import print_oplist

    replace_unprintable()
    with writing_stdout():
        print_oplist(oplist, Console(highlight=False), saved=saved)
