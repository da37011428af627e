"""A run on stderr: stdout is the command's own."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from typing import TYPE_CHECKING

from envprobe.cli._streams import say

if TYPE_CHECKING:
    from envprobe.running.result import RunResult


def show_run(result: RunResult) -> None:
    """A failed run's report; of one that went well a line, and only on a terminal."""
    from envprobe.report.running.report import ended, one_line

    if result.diagnosis is not None and result.exit_code != 0 and not result.interrupted:
        _print(result)
    elif result.interrupted:
        say(f"interrupted: {ended(result)}")
    elif result.exit_code == 0 and _is_terminal():
        say(one_line(result))
    for note in result.notes:
        say(note)
    if result.bundle is not None and (result.exit_code != 0 or _is_terminal()):
        say(f"all of it is in {result.bundle}")


def end_like_it(result: RunResult) -> None:
    """Die of ctrl-C as the command did: a shell's loop goes on behind a mere exit code 130."""
    if result.interrupted and result.signal == "INT":
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)


def _print(result: RunResult) -> None:
    from rich.console import Console

    from envprobe.report.running.report import print_run

    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="backslashreplace")
    # Who closed stderr does not want to read it; that must not change the exit code.
    with contextlib.suppress(OSError, ValueError, AttributeError, SystemExit):
        print_run(result, Console(stderr=True, highlight=False))


def _is_terminal() -> bool:
    with contextlib.suppress(ValueError, AttributeError):
        return sys.stderr.isatty()
    return False
