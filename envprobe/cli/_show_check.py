"""A check's result on stdout: for people, or as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envprobe.cli._streams import replace_unprintable, say, write_stdout, writing_stdout

if TYPE_CHECKING:
    from envprobe.check.result import CheckResult


def show_check(result: CheckResult, *, as_json: bool) -> None:
    """Print the report or the document; why a model cannot be read is one line on stderr."""
    if result.unreadable:
        say(result.findings[0].seen)
    if as_json:
        from envprobe.check.result import encode_result

        write_stdout(encode_result(result))
        return
    if result.unreadable:
        return
    from rich.console import Console

    from envprobe.report.check.report import print_check

    replace_unprintable()
    with writing_stdout():
        print_check(result, Console(highlight=False))
