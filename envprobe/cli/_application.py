"""The typer application, and the one place where errors become a line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from envprobe.cli._exits import FINE, INTERNAL_FAULT, INTERRUPTED, WRONG_USAGE
from envprobe.cli._streams import drop_stdout, flush_stdout, say
from envprobe.errors import EnvprobeError
from envprobe.version import __version__

# click's class, which newer typers carry inside themselves: both are reached through typer's own.
ClickException: Any = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)


def run(arguments: Sequence[str]) -> int:
    """Carry out the command; every error has become one line on stderr and an exit code."""
    try:
        code = _invoke(list(arguments))
        flush_stdout()
    except EnvprobeError as error:
        say(str(error))
        return error.exit_code
    except BrokenPipeError:
        drop_stdout()
        return FINE
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a fault of envprobe: one line, the trace on request
        return _internal_fault(error)
    return code


def application() -> typer.Typer:
    """The application with every command of this package."""
    app = typer.Typer(
        name="envprobe",
        help="Whether TensorFlow works on a machine, what will train there, and why a run failed.",
        add_completion=False,
        rich_markup_mode=None,  # rich takes longer to import than the help takes to print
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_envprobe)
    for name in command_names():
        app.command(name, context_settings=_settings(name))(
            getattr(import_module(f"envprobe.cli.{name}"), name)
        )
    return app


def _settings(name: str) -> dict[str, bool] | None:
    """What stands behind the command that `run` is to run are that command's own options."""
    return {"allow_interspersed_args": False} if name == "run" else None


def command_names() -> list[str]:
    """The modules of this package that are commands; each holds a function of its own name."""
    files = Path(__file__).parent.glob("[!_]*.py")
    return sorted(file.stem for file in files)


def _invoke(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        # Typer would import pydantic to read this one flag, and take twice as long.
        typer.echo(_version_line())
        return FINE
    command = typer.main.get_command(application())
    try:
        # Not main(), which in newer typers makes a code of ctrl-C without a word.
        with command.make_context("envprobe", arguments) as context:
            code = command.invoke(context)
    except ClickException as error:
        return _wrong_usage(error)
    except typer.Exit as stop:
        return stop.exit_code
    except SystemExit:  # click's answer to a reader of the help that has gone
        drop_stdout()
        return FINE
    return code if isinstance(code, int) else FINE


def _envprobe(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Show envprobe's version and exit.", is_eager=True)
    ] = False,
) -> None:
    if version:
        typer.echo(_version_line())
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _version_line() -> str:
    return f"envprobe {__version__}"


def _wrong_usage(error: Any) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "envprobe"
    message = " ".join(str(error.format_message()).split()).rstrip(".")
    say(f"{message} (see `{path} --help`)")
    return WRONG_USAGE


def _internal_fault(error: Exception) -> int:
    if os.environ.get("ENVPROBE_DEBUG"):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    # An error without a text, such as a bare AssertionError, still has a name.
    what = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
    say(f"a fault in envprobe itself: {what} (ENVPROBE_DEBUG=1 shows where)")
    return INTERNAL_FAULT
