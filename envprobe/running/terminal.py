"""Pseudo terminals: a command whose output goes to a terminal must go on seeing one."""

from __future__ import annotations

import contextlib
import os
import sys


def terminal_like(target: int) -> tuple[int, int]:
    """(our end, the command's end) of a terminal with the target's settings and size.

    Raises OSError where there are no terminals to be had.
    """
    if sys.platform == "win32":
        raise OSError("no pseudo terminals here")
    ours, theirs = os.openpty()
    with contextlib.suppress(OSError):
        _imitate(target, theirs)
    copy_size(target, ours)
    return ours, theirs


def _imitate(target: int, theirs: int) -> None:
    """The target's settings, but for those that change output: the target itself makes the CR."""
    import termios

    try:
        settings = termios.tcgetattr(target)
        settings[1] &= ~termios.OPOST
        settings[3] &= ~termios.ECHO  # nothing is ever typed on it
        termios.tcsetattr(theirs, termios.TCSANOW, settings)
    except termios.error as error:
        raise OSError(*error.args) from error


def copy_size(target: int, ours: int) -> bool:
    """Give it the target's size; whether that changed anything."""
    if sys.platform == "win32":
        return False
    import fcntl
    import termios

    try:
        size = fcntl.ioctl(target, termios.TIOCGWINSZ, bytes(8))
        if size == fcntl.ioctl(ours, termios.TIOCGWINSZ, bytes(8)):
            return False
        fcntl.ioctl(ours, termios.TIOCSWINSZ, size)
    except OSError:
        return False
    return True
