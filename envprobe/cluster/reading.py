"""Reads many files, on all processors where there are many, one at a time in each."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

import msgspec

from envprobe.cluster.answer import Answer, Told, answer_for
from envprobe.cluster.reading_process import next_answer

# A process takes a tenth of a second to start: as long as some ten files take.
LEAST_FILES_FOR_PROCESSES = 48
MOST_PROCESSES = 16

# Not multiprocessing: that would import the caller's script again, or copy its threads.
_START = (
    "import sys; sys.path[:] = {path!r};"
    "from envprobe.cluster.reading_process import serve;"
    "serve(sys.stdin.buffer, sys.stdout.buffer)"
)


def answers_for(paths: Sequence[str]) -> Iterator[Answer]:
    """An answer for each path, in their order; files are held in memory one a process."""
    count = min(len(os.sched_getaffinity(0)), MOST_PROCESSES) if _has_affinity() else 1
    if count < 2 or len(paths) < LEAST_FILES_FOR_PROCESSES:
        told: Told = {}
        yield from (answer_for(path, told) for path in paths)
        return
    processes = [_started(paths[first::count]) for first in range(count)]
    try:
        yield from _in_turns(paths, processes)
    finally:
        for process in processes:
            process.kill()
            with process:
                pass


def _has_affinity() -> bool:
    return hasattr(os, "sched_getaffinity")


def _started(paths: Sequence[str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", _START.format(path=sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None  # noqa: S101  asked for above
    try:
        process.stdin.write(msgspec.msgpack.encode(paths))
        process.stdin.close()
    except BrokenPipeError:  # it ended at once: told apart when its first answer is missing
        pass
    return process


def _in_turns(
    paths: Sequence[str], processes: Sequence[subprocess.Popen[bytes]]
) -> Iterator[Answer]:
    told: Told = {}
    ended: set[int] = set()
    for at, path in enumerate(paths):
        turn = at % len(processes)
        if turn in ended:
            yield answer_for(path, told)
            continue
        pipe = processes[turn].stdout
        assert pipe is not None  # noqa: S101  asked for above
        answer = next_answer(pipe)
        if answer is None:  # the file that ended the process is not tried again; the rest is
            ended.add(turn)
            answer = Answer(path=path, fault=f"cannot read {path}: the reading process ended")
        yield answer
