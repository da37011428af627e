"""`envprobe doctor`: what is wrong with this machine, and what mends it."""

from __future__ import annotations

from typing import Annotated

import typer

from envprobe.cli._exits import FINE, code_of_doctor
from envprobe.errors import UsageError

PYTHON = "Examine the environment of this interpreter."
NO_TENSORFLOW = "Facts, files and NVML only; takes half a second."
TARGET = "Forecast: would this release work here, like tensorflow==2.18.1?"
EXPLAIN = "Show the page of a rule, by code or name."
FIX_SCRIPT = "Print the fixes as a shell script; changes nothing."
JSON = "Print one JSON document."


def doctor(
    python: Annotated[str | None, typer.Option(metavar="PATH", help=PYTHON)] = None,
    no_tensorflow: Annotated[bool, typer.Option("--no-tensorflow", help=NO_TENSORFLOW)] = False,
    target: Annotated[str | None, typer.Option(metavar="RELEASE", help=TARGET)] = None,
    explain: Annotated[str | None, typer.Option(metavar="CODE", help=EXPLAIN)] = None,
    fix_script: Annotated[bool, typer.Option("--fix-script", help=FIX_SCRIPT)] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON)] = False,
) -> int:
    """Find what is wrong, and what mends it.

    It looks at driver, GPUs, CUDA, cuDNN, TensorFlow, Python's packages, settings and the host.

    TensorFlow is started in a process of its own; when it is missing, crashes or hangs, that is
    the finding.
    """
    from envprobe.cli._show_doctor import show_doctor, show_rule

    if as_json and fix_script:
        raise UsageError("--json and --fix-script both print to stdout: give one of them")
    if explain is not None:
        from envprobe.doctor.lookup import rule_named

        show_rule(rule_named(explain))
        return FINE
    from envprobe.doctor.examine import examine

    result = examine(python=python, tensorflow=not no_tensorflow, target=target)
    show_doctor(result, as_json=as_json, as_script=fix_script)
    return code_of_doctor(result)
