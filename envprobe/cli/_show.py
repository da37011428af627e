"""A scan's result on stdout: for people, or as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envprobe.cli._streams import (
    replace_unprintable,
    say,
    write_stdout,
    writing_stdout,
)

if TYPE_CHECKING:
    from envprobe.scanning.result import ScanResult


def show_scan(result: ScanResult, *, as_json: bool) -> None:
    """Print the report, or with `as_json` the matrix file's bytes and the notes on stderr."""
    if as_json:
        from envprobe.matrix.store import encode_matrix

        for note in result.notes:
            say(note)
        write_stdout(encode_matrix(result.matrix))
        return
    from rich.console import Console

    from envprobe.report.scan.report import print_scan

    replace_unprintable()
    with writing_stdout():
        print_scan(result, Console(highlight=False))
