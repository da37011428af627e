"""`envprobe run -- COMMAND`: a training command, watched, and diagnosed when it fails."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from envprobe.errors import UsageError

COMMAND = "The command, behind --, as it would be run alone."
BUNDLE = "Write log, memory curve, machine and findings into this new or empty folder."
HTML = "Write the report with the memory curve as one HTML file."
JSON = "Write the run as a JSON document to this file: standard output is the command's own."


def run(
    command: Annotated[
        list[str] | None, typer.Argument(metavar="-- COMMAND...", help=COMMAND)
    ] = None,
    bundle: Annotated[Path | None, typer.Option(metavar="DIR", help=BUNDLE)] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help=HTML)] = None,
    as_json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help=JSON)] = None,
) -> int:
    """Run a command, and explain its end when it fails.

    The command runs unchanged: its arguments, environment, input, output, terminal and signals are
    its own, and its exit code is this command's (127: not found, 126: not executable). The report
    goes to standard error. Secrets are masked in everything that is written.
    """
    from envprobe.cli._run_files import page_of, require_places, write_files
    from envprobe.running.run_command import run_command

    if not command:
        raise UsageError("which command? envprobe run -- python train.py")
    require_places(html, as_json)
    result = run_command(command, bundle, page=page_of, explain_always=bool(html or as_json))
    from envprobe.cli._show_run import end_like_it, show_run

    try:
        write_files(result, html, as_json)
        show_run(result)
    except KeyboardInterrupt:
        pass
    end_like_it(result)
    return result.exit_code
