"""Output of processes that a command left in the background on purpose."""

from __future__ import annotations

import contextlib
import shutil
import subprocess

from envprobe.running.streams import Stream


def hand_over(stream: Stream) -> None:
    """Let a small process pass on what is still to come.

    Without it a process that goes on would be killed by its next line, once nobody reads it.
    """
    cat = shutil.which("cat", path="/bin:/usr/bin")
    if cat is None:
        return
    with contextlib.suppress(OSError):
        # Not waited for: it ends with the processes whose output it passes on.
        process = subprocess.Popen(
            [cat],
            stdin=stream.source,
            stdout=stream.target,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        process.returncode = 0
