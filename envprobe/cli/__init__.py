"""The command line. One file a command; a module without a leading underscore is a command.

Nothing heavier than typer is imported before a command runs, so that help and version answer at
once.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line on `sys.argv` and exit with its code."""
    import sys

    from envprobe.cli._application import run

    sys.exit(run(sys.argv[1:]))
