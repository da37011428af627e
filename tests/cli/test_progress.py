from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import get_args

import pytest

from envprobe.cli._progress import TITLES, time_left
from envprobe.probe.progress import Phase

SHOW = """
from envprobe.cli._progress import progress_bar
from envprobe.probe.progress import Progress
with progress_bar() as tell:
    print(tell is None)
    if tell:
        tell(Progress(phase="support", done=3, total=9, current="MatMul [x] float32",
                      remaining_seconds=65.0))
"""


def test_nothing_is_shown_where_stderr_is_no_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHOW], capture_output=True, text=True, timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_terminal_shows_cell_and_time_left_on_stderr_only(encoding: str) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "PYTHONIOENCODING": encoding},
    )
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)
    assert done.stdout == "False\n"
    for words in ("Running kernels", "3/9", "1:05 left", "MatMul [x] float32"):
        assert words in shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (-1.0, "0:00 left"), (59.6, "1:00 left"), (3725.0, "62:05 left")],
)
def test_time_left(seconds: float | None, text: str) -> None:
    assert time_left(seconds) == text


def test_every_phase_has_a_title() -> None:
    assert set(TITLES) == set(get_args(Phase))
