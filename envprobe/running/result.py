"""What a watched run came to: the file kind `run`, and what `run_command` returns."""

from __future__ import annotations

from typing import Literal

import msgspec

from envprobe.diagnose.result import Diagnosis
from envprobe.running.sample import Peaks, Samples
from envprobe.version import __version__

FORMAT_VERSION = 1


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a command. Secrets in it are masked.

    exit_code    the command's; 128 and the number of the signal where one has ended it
    signal       the name of that signal (`KILL`)
    facts        what envprobe saw of its end, in sentences; empty where it ended well
    diagnosis    why it failed; None where it ended well, or was interrupted from the keyboard
    bundle       the folder that was written
    interrupted  whether it was ended by ctrl-C
    notes        what went wrong beside the run: it has had no effect on it
    """

    kind: Literal["run"] = "run"
    format_version: int = FORMAT_VERSION
    command: tuple[str, ...]
    folder: str | None
    started: str
    duration_seconds: float
    exit_code: int
    signal: str | None = None
    interrupted: bool = False
    facts: tuple[str, ...] = ()
    peaks: Peaks
    samples: Samples
    diagnosis: Diagnosis | None = None
    bundle: str | None = None
    notes: tuple[str, ...] = ()
    envprobe: str = __version__


def encode_run(result: RunResult) -> bytes:
    """The result as an indented JSON document with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"
