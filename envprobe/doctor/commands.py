"""Fixes as shell commands that suit the examined environment: pip, uv or conda."""

from __future__ import annotations

import shlex

from envprobe.doctor.examination import Examination


def install(examination: Examination, *requirements: str) -> str:
    """The command that installs these requirements into the examined interpreter.

    pip of that very interpreter: also in a conda environment, where TensorFlow's own wheels are
    what its documentation advises.
    """
    return _pip(examination, "install", *requirements)


def uninstall(examination: Examination, *distributions: str) -> str:
    """The command that removes distributions from the examined interpreter."""
    return _pip(examination, "uninstall", "-y", *distributions)


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
    python = examination.inventory.software.python.executable or "python"
    return shlex.join([python, "-m", "pip", *arguments])
