"""`envprobe diagnose`: why a run failed, from its log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from envprobe.cli._exits import FINE, code_of_diagnosis
from envprobe.errors import UsageError

LOGS = "The log; the logs of a job's ranks; a notebook; - or nothing for standard input."
MATRIX = "A matrix or cluster file to ask; this machine's last scan is asked without it."
ALONE = "Read the log alone: ask nothing of this machine."
HTML = "Write the report as one HTML file."
EXPLAIN = "Show the page of a rule, by code or name."


def diagnose(
    logs: Annotated[list[str] | None, typer.Argument(metavar="[LOG]...", help=LOGS)] = None,
    matrix: Annotated[
        list[Path] | None, typer.Option("--matrix", "-m", metavar="PATH", help=MATRIX)
    ] = None,
    alone: Annotated[bool, typer.Option("--log-only", help=ALONE)] = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help=HTML)] = None,
    explain: Annotated[str | None, typer.Option("--explain", metavar="CODE", help=EXPLAIN)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """Find why a run failed, from what it printed.

    Names the root cause with the lines that prove it, what followed from it, what is only noise,
    and the fix. Ends with 1 when an error ended the run, with 3 when the cause is not known.
    """
    from envprobe.cli._show_diagnosis import logs_or_stdin, show_diagnosis, show_log_rule

    if explain is not None:
        from envprobe.diagnose.lookup import rule_named

        show_log_rule(rule_named(explain))
        return FINE
    if alone and matrix:
        raise UsageError("--log-only asks no matrix: give --matrix or --log-only, not both")
    from envprobe.diagnose.diagnose import diagnose as diagnosed

    diagnosis = diagnosed(*logs_or_stdin(logs))
    if not alone:
        from envprobe.diagnose.here.join import with_machine

        diagnosis = with_machine(diagnosis, matrix=matrix or ())
    show_diagnosis(diagnosis, as_json=as_json, html=html)
    return code_of_diagnosis(diagnosis)
