"""The message loop: one JSON question per line in, one JSON answer per line out."""

from __future__ import annotations

import importlib
import json
import math
import os
import traceback
from typing import Any, Callable

from .classify import POISON

Answer = dict[str, Any]
# Each kind of question and the function that answers it; loaded when first asked, so that
# a TensorFlow that crashes on import does so after "started" was said.
QUESTIONS = {
    "dry_run": ("dry_run.dry_run", "dry_run"),
    "dry_run_edge": ("dry_run.dry_run", "dry_run_edge"),
    "hello": ("hello", "hello"),
    "inspect_hdf5": ("model.hdf5", "inspect_hdf5"),
    "libraries": ("hello", "libraries"),
    "openings": ("openings", "openings"),
    "registrations": ("registrations", "registrations"),
    "run": ("run", "run"),
    "prepare": ("timing", "prepare"),
    "sample": ("timing", "sample"),
    "trace_model": ("model.trace_model", "trace_model"),
    "release": ("timing", "release"),
}


def serve(read_fd: int, write_fd: int) -> None:
    """Answer until the parent closes its end."""
    with os.fdopen(read_fd, encoding="utf-8") as questions, os.fdopen(write_fd, "wb", 0) as out:
        for line in questions:
            question = json.loads(line)
            _send(out.write, {"started": question["id"]})
            reply = _reply(question)
            _send(out.write, reply)
            if _is_poisoned(reply):
                os._exit(1)  # the device is lost to this process; the next one gets it afresh


def _reply(question: Answer) -> Answer:
    try:
        module, function = QUESTIONS[question["ask"]]
        ask: Callable[[Answer], Answer] = getattr(
            importlib.import_module("." + module, __package__), function
        )
        return {"id": question["id"], "answer": _finite(ask(question))}
    except Exception as error:
        return {
            "id": question["id"],
            "error": type(error).__name__ + ": " + str(error),
            "traceback": traceback.format_exc(limit=-8),
        }


def _is_poisoned(reply: Answer) -> bool:
    said = reply.get("error") or reply["answer"].get("reason")
    return bool(said and POISON.search(said))


def _finite(value: Any) -> Any:
    """JSON knows no NaN and no infinity; a number that is none is no answer."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _send(write: Callable[[bytes], Any], message: Answer) -> None:
    data = (json.dumps(message, default=str) + "\n").encode()
    while data:  # a pipe takes what fits
        data = data[write(data) :]
