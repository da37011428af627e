"""Doctor's result on stdout: for people, as JSON, or as a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envprobe.cli._streams import replace_unprintable, write_stdout, writing_stdout

if TYPE_CHECKING:
    from envprobe.doctor.result import DoctorResult
    from envprobe.doctor.rule import Rule


def show_doctor(result: DoctorResult, *, as_json: bool, as_script: bool) -> None:
    """Print the report, or exactly one JSON document, or the fixes as a shell script."""
    if as_json:
        from envprobe.doctor.result import encode_result

        write_stdout(encode_result(result))
        return
    if as_script:
        from envprobe.doctor.fix_script import fix_script

        write_stdout(fix_script(result).encode())
        return
    from rich.console import Console

    from envprobe.report.doctor.examination import print_doctor

    replace_unprintable()
    with writing_stdout():
        print_doctor(result, Console(highlight=False))


def show_rule(rule: Rule) -> None:
    """Print the rule's page."""
    from rich.console import Console

    from envprobe.report.doctor.rule_page import print_rule

    replace_unprintable()
    with writing_stdout():
        print_rule(rule, Console(highlight=False))
