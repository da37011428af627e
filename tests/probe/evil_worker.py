"""A worker that does what its questions tell it to do, good or evil; no TensorFlow.

Started as `python evil_worker.py [START] READ_FD WRITE_FD`; START is a misdeed done before hello.
A START of the form `PATH:MISDEED` is done only while PATH exists, and PATH is removed by it.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

QUESTIONS, ANSWERS = int(sys.argv[-2]), int(sys.argv[-1])
HELD: list[bytes] = []


def say(message: Any) -> None:
    os.write(ANSWERS, json.dumps(message).encode() + b"\n")


def segfault() -> None:
    os.write(2, b"about to read address 0\n")
    ctypes.string_at(0)


def abort() -> None:
    os.write(2, b"2025-01-01 F tensorflow/core/framework/tensor.cc:12] Check failed: 1 == 2\n")
    os.abort()


def loop() -> None:
    while True:
        pass


def native_loop() -> None:
    # A native call that holds the interpreter's lock, so that Python cannot even see signals.
    ctypes.PyDLL(None).sleep(1000)


def stubborn() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(1000)


def hog() -> None:
    for _ in range(100):
        HELD.append(b"x" * (20 * 1024 * 1024))
        time.sleep(0.01)
    time.sleep(1000)


def flood(descriptor: int, mebibytes: int) -> None:
    chunk = b"native library speaking\n" * 43691  # about 1 MiB
    for _ in range(mebibytes):
        left = chunk
        while left:
            left = left[os.write(descriptor, left) :]


def giant_line() -> None:
    try:
        for _ in range(1000):
            left = b"x" * (1024 * 1024)
            while left:
                left = left[os.write(ANSWERS, left) :]
    finally:
        time.sleep(1000)


def close_pipe() -> None:
    os.close(ANSWERS)
    time.sleep(1000)


def close_pipe_and_exit() -> None:
    os.close(ANSWERS)
    time.sleep(0.2)
    os._exit(5)


def die_later(number: int) -> None:
    def die() -> None:
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGSEGV)

    say({"id": number, "answer": {"soon": "dead"}})
    threading.Thread(target=die).start()


def orphan_with_pipes() -> None:
    """Leave a child behind, in a session of its own, that holds every pipe open."""
    if os.fork() == 0:
        os.setsid()
        time.sleep(20)
        os._exit(0)
    os.kill(os.getpid(), signal.SIGSEGV)


MISDEEDS = {
    "segfault": segfault,
    "abort": abort,
    "exit": lambda: os._exit(3),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "loop": loop,
    "native_loop": native_loop,
    "stubborn": stubborn,
    "stopped": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "hog": hog,
    "silent": lambda: time.sleep(1000),
    "stdout_flood_forever": lambda: flood(1, 10**9),
    "giant_line": giant_line,
    "close_pipe": close_pipe,
    "close_pipe_and_exit": close_pipe_and_exit,
    "orphan": orphan_with_pipes,
}


def raw_answer(number: int, ask: str) -> bytes | None:
    answers = {
        "not_json": b"Segmentation what?\n",
        "not_utf8": b"\xff\xfe\x00\n",
        "a_list": b"[1, 2]\n",
        "deep": b"[" * 200_000 + b"\n",
        "wrong_id": json.dumps({"id": number + 1, "answer": {}}).encode() + b"\n",
        "no_answer": json.dumps({"id": number}).encode() + b"\n",
        "twice": 2 * (json.dumps({"id": number, "answer": {}}).encode() + b"\n"),
        "nan": b'{"id": %d, "answer": {"error": NaN, "most": Infinity}}\n' % number,
    }
    return answers.get(ask)


def answer(question: dict[str, Any]) -> None:
    number, ask = question["id"], question["ask"]
    if ask == "die_before_start":
        os.kill(os.getpid(), signal.SIGSEGV)
    say({"started": number})
    if ask in MISDEEDS:
        MISDEEDS[ask]()
    elif ask == "flood":
        flood(question["descriptor"], question["mebibytes"])
        say({"id": number, "answer": {"flooded": True}})
    elif ask == "refuse":
        say({"id": number, "error": "ValueError: no", "traceback": "Traceback …"})
    elif ask == "big":
        say({"id": number, "answer": {"length": len(question["data"]), "data": question["data"]}})
    elif ask == "sleep":
        time.sleep(question["seconds"])
        say({"id": number, "answer": {"pid": os.getpid()}})
    elif ask == "die_later":
        die_later(number)
    elif (raw := raw_answer(number, ask)) is not None:
        os.write(ANSWERS, raw)
    elif ask == "hello" and question["config"].get("missing"):
        say({"id": number, "error": "ModuleNotFoundError: No module named 'tensorflow'"})
    else:
        say({"id": number, "answer": {"pid": os.getpid(), "echo": question, "env": environment()}})


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("EVIL_")}


def start() -> None:
    # PR_SET_PDEATHSIG, as the real worker does it.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    if len(sys.argv) < 4:
        return
    place, _, misdeed = sys.argv[1].rpartition(":")
    if place:
        try:
            Path(place).unlink()
        except FileNotFoundError:
            return
    MISDEEDS[misdeed]()


if __name__ == "__main__":
    start()
    with os.fdopen(QUESTIONS) as lines:
        for line in lines:
            answer(json.loads(line))
