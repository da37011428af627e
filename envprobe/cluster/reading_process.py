"""A process that reads matrix files for a merge: paths on stdin, answers on stdout."""

from __future__ import annotations

import gc
from typing import IO

import msgspec

from envprobe.cluster.answer import Answer, Told, answer_for

SIZE_BYTES = 4  # of the length before each answer


def serve(paths: IO[bytes], answers: IO[bytes]) -> None:
    """Answer for each path, in their order."""
    gc.disable()  # what is read has no cycles, and looking for them takes half the time
    told: Told = {}
    for path in msgspec.msgpack.decode(paths.read(), type=list[str]):
        data = msgspec.msgpack.encode(answer_for(path, told))
        answers.write(len(data).to_bytes(SIZE_BYTES, "big") + data)
    answers.flush()


def next_answer(answers: IO[bytes]) -> Answer | None:
    """The next answer of such a process; None when it has ended."""
    size = answers.read(SIZE_BYTES)
    if len(size) < SIZE_BYTES:
        return None
    length = int.from_bytes(size, "big")
    data = answers.read(length)
    return msgspec.msgpack.decode(data, type=Answer) if len(data) == length else None
