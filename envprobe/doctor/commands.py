"""Fixes as shell commands that suit the examined environment: with pip, or with uv."""

from __future__ import annotations

import shlex

from envprobe.doctor.examination import Examination


def install(examination: Examination, *requirements: str) -> str:
    """The command that installs these requirements into the examined interpreter.

    pip of that very interpreter: also in a conda environment, where TensorFlow's own wheels are
    what its documentation advises. uv, where the environment has no pip.
    """
    return _pip(examination, "install", *requirements)


def uninstall(examination: Examination, *distributions: str) -> str:
    """The command that removes distributions from the examined interpreter."""
    asks = () if _without_pip(examination) else ("-y",)
    return _pip(examination, "uninstall", *asks, *distributions)


def in_new_environment(examination: Examination, folder: str, *requirements: str) -> str:
    """The command that installs into a new virtual environment in the home folder."""
    base = shlex.quote(examination.inventory.software.python.executable or "python3")
    python = f"~/{folder}/bin/python"  # unquoted, so that the shell sees the tilde
    words = shlex.join(["-m", "pip", "install", *requirements])
    return then(f"{base} -m venv ~/{folder}", f"{python} {words}")


def then(*commands: str) -> str:
    """Several commands, each only after the one before has worked."""
    return " && ".join(commands)


def set_variable(name: str, value: str) -> str:
    """The command that sets a variable for what is started from the same shell."""
    return f"export {name}={shlex.quote(value)}"


def unset_variable(name: str) -> str:
    """The command that takes a variable away from what is started from the same shell."""
    return f"unset {name}"


def as_root(command: str) -> str:
    """A command that takes an administrator."""
    return f"sudo {command}"


def _pip(examination: Examination, *arguments: str) -> str:
    python = examination.inventory.software.python
    name, (verb, *others) = python.executable or "python", arguments
    if _without_pip(examination):
        return shlex.join(["uv", "pip", verb, "--python", name, *others])
    # What is to be changed was put there against PEP 668: only so can it be changed again.
    allowed = ("--break-system-packages",) if python.externally_managed else ()
    return shlex.join([name, "-m", "pip", verb, *allowed, *others])


def _without_pip(examination: Examination) -> bool:
    """Whether it is an environment without pip, which is how uv makes them."""
    python = examination.inventory.software.python
    return python.has_pip is False and bool(python.virtual_environment)
