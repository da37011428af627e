"""Whether the shared libraries of a GPU build open, each tried as TensorFlow's loader would."""

from __future__ import annotations

import ctypes
import os
import signal
from typing import Any

from .runpath import runpath

Answer = dict[str, Any]
LIMIT_SECONDS = 20  # for one library, from a cold network disk
LONGEST_ERROR_BYTES = 4096  # within what a pipe holds, so that the child never waits
# The objects of a wheel that open CUDA's libraries; dlopen(3) looks in the caller's RUNPATH.
OPENERS = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")


def openings(question: Answer) -> Answer:
    """For each of `sonames` the loader's error, None where it opens.

    `folder` is TensorFlow's own. To be asked before TensorFlow is imported: a library that is
    loaded already opens again, wherever it came from.
    """
    own = [folder for name in OPENERS for folder in runpath(os.path.join(question["folder"], name))]
    told = os.environ.get("LD_LIBRARY_PATH")
    folders = [entry or "." for entry in told.split(":")] if told else []  # "" is where we are
    # All at once: a large library takes some tenths of a second.
    children = {name: _try(name, folders + own) for name in question["sonames"]}
    return {"openings": {name: _error(name, *child) for name, child in children.items()}}


def _try(soname: str, folders: list[str]) -> tuple[int, int]:
    """A child process that tries, and the pipe on which it tells what the loader said.

    A library that is damaged can take its process down.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(LIMIT_SECONDS)
            error = _open(soname, folders) or ""
            os.write(write, error.encode("utf-8", "replace")[:LONGEST_ERROR_BYTES])
        finally:
            os._exit(0)
    os.close(write)
    return child, read


def _error(soname: str, child: int, read: int) -> str | None:
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return _ending(soname, os.WTERMSIG(status))
    return said or None


def _ending(soname: str, number: int) -> str:
    if number == signal.SIGALRM:
        return f"{soname}: did not open within {LIMIT_SECONDS} s"
    return f"{soname}: opening it ends the process by {signal.Signals(number).name}"


def _open(soname: str, folders: list[str]) -> str | None:
    """Folder by folder as ld.so(8) goes; ctypes itself would not look in TensorFlow's own."""
    for folder in folders:
        path = os.path.join(folder, soname)
        if os.path.exists(path):
            error = _error_of(path)
            if error is None or "wrong ELF class" not in error:  # such a file is passed over
                return error
    return _error_of(soname)


def _error_of(name: str) -> str | None:
    try:
        ctypes.CDLL(name)
    except OSError as error:
        return str(error)
    return None
