"""A diagnosis on stdout: for people, or as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envprobe.cli._streams import replace_unprintable, write_stdout, writing_stdout

if TYPE_CHECKING:
    from envprobe.diagnose.result import Diagnosis
    from envprobe.diagnose.rule import Rule


def show_diagnosis(diagnosis: Diagnosis, *, as_json: bool) -> None:
    """Print the report, or exactly one JSON document."""
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
