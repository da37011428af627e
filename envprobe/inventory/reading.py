"""How sources ask: small files below a root folder, and commands with a time limit."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from envprobe.inventory.guard import Answer

Runner = Callable[[Sequence[str], float], Answer[str]]

# /proc/cpuinfo of a 512-thread server is about 1 MB; nothing that is asked for is longer.
MOST_BYTES = 4 * 2**20


def read_text(root: Path, name: str) -> str | None:
    """The text of `name` (without a leading slash) below `root`, None where it cannot be read."""
    try:
        with (root / name).open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None


def entries(root: Path, name: str) -> tuple[Path, ...]:
    """What lies in a folder, sorted by name; empty where it cannot be listed."""
    try:
        return tuple(sorted((root / name).iterdir()))
    except (OSError, ValueError):
        return ()


def exists(root: Path, name: str) -> bool:
    """Whether something of that name is there and may be looked at."""
    try:
        return (root / name).exists()
    except (OSError, ValueError):
        return False


def run_command(argv: Sequence[str], seconds: float) -> Answer[str]:
    """The command's standard output, or why there is none. It is killed after `seconds`."""
    try:
        done = subprocess.run(
            list(argv),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(reason=f"{argv[0]} did not answer within {seconds:g} s")
    except (OSError, ValueError) as error:
        return Answer(reason=f"{argv[0]} cannot be started: {error}")
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return Answer(reason=f"{argv[0]} ended with {done.returncode}: {' '.join(last)}".strip())
    return Answer(value=done.stdout.decode("utf-8", "replace"))


def no_command(argv: Sequence[str], seconds: float) -> Answer[str]:
    """The runner for a root that is not this machine's: nothing of it can be started."""
    return Answer(reason=f"{argv[0]} can only be asked on the running system ({seconds:g} s)")
