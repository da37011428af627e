"""Standard output and standard error, which may be closed, full, narrow or no terminal."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator

from envprobe.errors import UsageError


def say(line: str) -> None:
    """One line on stderr, led by the program's name; silent where stderr is closed."""
    # An encoding that lacks a character must not turn a clear message into a traceback.
    text = f"envprobe: {line}\n".encode(_encoding(), "backslashreplace").decode(_encoding())
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text)
        sys.stderr.flush()


def write_stdout(data: bytes) -> None:
    """Exactly these bytes on stdout."""
    if sys.stdout is None:  # closed before the start
        return
    with writing_stdout():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


@contextlib.contextmanager
def writing_stdout() -> Iterator[None]:
    """A reader that has gone (`| head`) is no fault; a full disk is one line.

    The result is made and saved by then, so that what is lost is lost silently, and the exit code
    stays that of the result.
    """
    try:
        yield
        flush_stdout()
    except (BrokenPipeError, SystemExit):  # rich ends the program where a reader has gone
        drop_stdout()
    except OSError as error:
        drop_stdout()
        raise UsageError(f"cannot write to standard output: {error.strerror}") from error


def replace_unprintable() -> None:
    """What the terminal's encoding lacks is shown as an escape instead of ending the report."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def flush_stdout() -> None:
    """Hand over what is buffered, while an error can still be told."""
    if sys.stdout is not None and not sys.stdout.closed:
        sys.stdout.flush()


def drop_stdout() -> None:
    """Send the rest to nowhere; Python would otherwise complain when it exits."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _encoding() -> str:
    return getattr(sys.stderr, "encoding", None) or "utf-8"
