"""What a diagnosis reads, and where it goes: stdout, for people or as JSON, and an HTML file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from envprobe.cli._streams import replace_unprintable, write_stdout, writing_stdout
from envprobe.errors import UsageError

if TYPE_CHECKING:
    from envprobe.diagnose.result import Diagnosis
    from envprobe.diagnose.rule import Rule


def logs_or_stdin(logs: Sequence[str] | None) -> Sequence[str]:
    """The logs, each once; standard input where none is named, and something is on it."""
    if logs:
        return list(dict.fromkeys(logs))
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("which log? Give its file, or pipe it in: train 2>&1 | envprobe diagnose")
    return ["-"]


def show_diagnosis(diagnosis: Diagnosis, *, as_json: bool, html: Path | None = None) -> None:
    """Print the report, or exactly one JSON document; write the page where one is asked for."""
    if html is not None:
        from envprobe.report.diagnose_page.page import write_page

        write_page(diagnosis, html)
    if as_json:
        from envprobe.diagnose.result import encode_diagnosis

        write_stdout(encode_diagnosis(diagnosis))
        return
    from rich.console import Console

    from envprobe.report.diagnose.report import print_diagnosis

    replace_unprintable()
    with writing_stdout():
        print_diagnosis(diagnosis, Console(highlight=False))


def show_log_rule(rule: Rule) -> None:
    """Print the rule's page."""
    from rich.console import Console

    from envprobe.report.diagnose.rule_page import print_rule

    replace_unprintable()
    with writing_stdout():
        print_rule(rule, Console(highlight=False))
