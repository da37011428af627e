"""A worker that answers as its script says; no TensorFlow, no time spent.

Started as `python scripted_worker.py FOLDER READ_FD WRITE_FD`. `FOLDER/script.json` maps an op to
what becomes of its questions, and each question is noted in `FOLDER/log` (one JSON line). Ops:

    run       the answer; "kill": the worker dies of it
    prepare   the answer; "kill"
    sample    the answer; "kill"; "kill in round 2": only the second worker dies
    seconds   of one execution, one number for each worker in the order in which they began

The op `hello` may be {"dies after": N}: workers beyond the first N die at their start.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1])
SCRIPT: dict[str, Any] = json.loads((FOLDER / "script.json").read_text())
HANDLES: dict[int, dict[str, Any]] = {}
SUPPORTED = {
    "status": "supported",
    "reason": None,
    "shapes": {"a": [2, 3], "output:0": [2]},
    "max_relative_error": 1e-7,
    "peak_bytes": None,
}


def place() -> int:
    """How many workers began before this one."""
    return next(number for number in range(1000) if began(number))


def began(number: int) -> bool:
    try:
        (FOLDER / f"worker.{number}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def note(**what: Any) -> None:
    with (FOLDER / "log").open("a") as log:
        log.write(json.dumps({"worker": NUMBER, **what}) + "\n")


def said(told: Any, otherwise: dict[str, Any]) -> dict[str, Any]:
    if told == "kill" or (told == "kill in round 2" and NUMBER == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    return told if isinstance(told, dict) else otherwise


def answer(question: dict[str, Any]) -> dict[str, Any]:
    ask = question["ask"]
    cell = question.get("cell") or HANDLES.get(question.get("handle", 0), {})
    op = cell.get("op", "hello")
    script = SCRIPT.get(op, {})
    note(ask=ask, op=op, device=cell.get("device"), dtype=cell.get("dtype"))
    if ask == "run":
        return said(script.get("run"), SUPPORTED)
    if ask == "prepare":
        handle = len(HANDLES) + 1
        HANDLES[handle] = cell
        shapes = {name: spec["shape"] for name, spec in cell["inputs"].items()}
        prepared = {"handle": handle, "shapes": shapes, "item_bytes": [4] * len(shapes)}
        return said(script.get("prepare"), prepared)
    if ask == "sample":
        seconds = script.get("seconds", [0.002])
        one = seconds[min(NUMBER, len(seconds) - 1)]
        return said(script.get("sample"), {"seconds": one * question["loops"]})
    return {}


if __name__ == "__main__":
    NUMBER = place()
    if SCRIPT.get("hello", {}).get("dies after", 1000) <= NUMBER:
        os._exit(7)
    answers = int(sys.argv[3])
    with os.fdopen(int(sys.argv[2])) as lines:
        for line in lines:
            asked = json.loads(line)
            os.write(answers, json.dumps({"started": asked["id"]}).encode() + b"\n")
            came = {"id": asked["id"], "answer": answer(asked)}
            os.write(answers, json.dumps(came).encode() + b"\n")
