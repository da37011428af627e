"""The frame around a question that runs a user's code: how far it came, and what it raised."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from typing import Any, Callable

from .facts import keras_version
from .failure import failure_of
from .lines import UserLines

Answer = dict[str, Any]
_MOST_WARNINGS = 8


class Progress:
    """How far the question has come, so that a failure can say where it happened."""

    def __init__(self, question: Answer) -> None:
        self.question = question
        self.stage = "load"
        self.notes: list[str] = []
        self.pid = os.getpid()
        source = question["source"]
        folder = os.path.dirname(os.path.abspath(source["path"]))
        # A module of an installed package may be the user's own, wherever it lies.
        self.lines = UserLines(folder if source["kind"] == "python_file" else None)


def answered(progress: Progress, carry_out: Callable[[Any, Progress], Answer]) -> Answer:
    """What `carry_out(tf, progress)` answers; or `failure`, what became of it instead.

    Whatever the user's code raises, SystemExit included, is an answer. What it prints goes to
    stderr.
    """
    import tensorflow as tf

    _show_whole_tracebacks(tf)
    # As in a user's own program; the worker's other questions switch it off.
    tf.config.set_soft_device_placement(True)
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(sys.stderr):
        warnings.simplefilter("always")
        try:
            answer = carry_out(tf, progress)
        except BaseException as error:
            answer = {"failure": failure_of(error, progress.stage, progress.lines)}
        finally:
            if os.getpid() != progress.pid:
                os._exit(0)  # the user's code forked; only the first process answers
    versions = {"tensorflow": tf.version.VERSION, "keras": keras_version(tf)}
    return {**answer, **versions, "notes": progress.notes, "warnings": _told(caught)}


def _show_whole_tracebacks(tf: Any) -> None:
    """Keras and TensorFlow cut their own frames out, and with them the layer that was called."""
    with contextlib.suppress(AttributeError):
        tf.debugging.disable_traceback_filtering()
    with contextlib.suppress(AttributeError):
        tf.keras.config.disable_traceback_filtering()


def _told(caught: Any) -> list[str]:
    """The user's warnings, each once."""
    found: dict[str, None] = {}
    for one in caught:
        if not issubclass(one.category, (DeprecationWarning, ImportWarning, ResourceWarning)):
            found[f"{one.category.__name__}: {' '.join(str(one.message).split())}"[:300]] = None
    return list(found)[:_MOST_WARNINGS]
