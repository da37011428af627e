"""What a command gets as its output: terminals where envprobe has terminals, otherwise pipes."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from envprobe.running.terminal import copy_size, terminal_like

STDOUT, STDERR = 1, 2
# Fewer and larger portions; the usual size of a pipe is a sixteenth of it.
PIPE_BYTES = 2**20


@dataclass(frozen=True)
class Stream:
    """One way for output: read from `source`, it goes on to `target`, as it came.

    given     the end that the command gets; closed here once it has started
    outputs   which of the command's two outputs it carries: both where both have one target, as
              only then their order is kept
    """

    target: int
    source: int
    given: int
    outputs: tuple[int, ...]
    is_terminal: bool

    def resize(self) -> bool:
        """Follow the size of the target's window; whether it changed."""
        return self.is_terminal and copy_size(self.target, self.source)


@contextlib.contextmanager
def closed_kept() -> Iterator[frozenset[int]]:
    """The numbers of the standard streams that are closed; meanwhile nothing else gets them.

    The command finds them closed too: what holds their places is not inherited.
    """
    closed = frozenset(number for number in range(3) if not _is_open(number))
    places = [os.open(os.devnull, os.O_RDWR) for _ in closed]  # always the lowest free number
    try:
        yield closed
    finally:
        for place in places:
            os.close(place)


def open_streams(closed: Collection[int]) -> tuple[Stream, ...]:
    """The streams for standard output and standard error; none for one that is closed."""
    wanted = [target for target in (STDOUT, STDERR) if target not in closed]
    if len(wanted) == 2 and _same_target():
        return (_stream(STDOUT, (STDOUT, STDERR)),)
    return tuple(_stream(target, (target,)) for target in wanted)


def given_to(output: int, streams: tuple[Stream, ...]) -> int | None:
    """What the command gets as that output; None where it is closed, and stays so."""
    return next((stream.given for stream in streams if output in stream.outputs), None)


def _is_open(target: int) -> bool:
    try:
        os.fstat(target)
    except OSError:
        return False
    return True


def _same_target() -> bool:
    """Whether both go to the same terminal, pipe or file (`2>&1`)."""
    if sys.platform == "win32":
        return False
    first, second = os.fstat(STDOUT), os.fstat(STDERR)
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


def _stream(target: int, outputs: tuple[int, ...]) -> Stream:
    if os.isatty(target):
        with contextlib.suppress(OSError):
            source, given = terminal_like(target)
            return Stream(target, source, given, outputs, is_terminal=True)
    source, given = os.pipe()
    _enlarge(given)
    return Stream(target, source, given, outputs, is_terminal=False)


def _enlarge(pipe: int) -> None:
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
