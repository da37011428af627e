"""`envprobe run -- COMMAND`: a training command, watched, and diagnosed when it fails."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from envprobe.cli._streams import say
from envprobe.errors import UsageError

if TYPE_CHECKING:
    from envprobe.running.result import RunResult

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
    """Run a command, watch its memory, and explain its end when it fails.

    The command runs unchanged: its arguments, environment, input, output, terminal and signals are
    its own, and its exit code is this command's (127: not found, 126: not executable). The report
    goes to standard error. Secrets are masked in everything that is written.
    """
    from envprobe.running.run_command import run_command

    if not command:
        raise UsageError("which command? envprobe run -- python train.py")
    for file in (html, as_json):
        _require_place(file)
    always = html is not None or as_json is not None
    result = run_command(command, bundle, page=_page, explain_always=always)
    try:
        _write(result, html, as_json)
        from envprobe.cli._show_run import show_run

        show_run(result)
    except KeyboardInterrupt:
        pass
    if result.interrupted and result.signal == "INT":
        _end_like_it()
    return result.exit_code


def _require_place(file: Path | None) -> None:
    """Better told before hours of work than after."""
    if file is not None and (file.is_dir() or not os.access(file.absolute().parent, os.W_OK)):
        raise UsageError(f"cannot write {file}: it is a folder, or its folder cannot be written to")


def _page(diagnosis: object, samples: object) -> str:
    from envprobe.report.diagnose_page.page import page

    return page(diagnosis, samples)  # type: ignore[arg-type]


def _write(result: RunResult, html: Path | None, as_json: Path | None) -> None:
    """The files that were asked for; one that cannot be written does not change the exit code."""
    from envprobe.matrix.atomic import write_atomically
    from envprobe.running.result import encode_run

    try:
        if html is not None and result.diagnosis is not None:
            write_atomically(html, _page(result.diagnosis, result.samples).encode())
        if as_json is not None:
            write_atomically(as_json, encode_run(result))
    except UsageError as error:
        say(str(error))


def _end_like_it() -> None:
    """Die of ctrl-C as the command did: a shell's loop goes on behind a mere exit code 130."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
