"""`python -m scripts.coverage GROUP OUTPUT [NAME]…`: traces the cases of one group.

Each trace has a process of its own: it takes its memory with it, and its death is an answer.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import re
import sys
import time
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # graphs must not depend on the machine
os.environ["KERAS_BACKEND"] = "tensorflow"

Record = dict[str, Any]
BOLD = re.compile(r"\x1b\[\d*m")  # as Keras begins and ends its messages


def main() -> None:
    """Write one JSON line per case and precision, then one with what was traced by what."""
    import keras
    import tensorflow as tf

    from scripts.coverage.case import PRECISIONS
    from scripts.coverage.nodes import typed_inputs

    group, output, wanted = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    module = importlib.import_module(f"scripts.coverage.{group}")
    ops: set[str] = set()
    with output.open("w", encoding="utf-8") as file:
        for case in module.cases():
            for precision in PRECISIONS if not wanted or case.name in wanted else ():
                record = _in_own_process(case, precision)
                ops.update(text.split(" ")[0] for text in record["nodes"])
                _write(file, {"group": group, **record})
        header = {"tensorflow": tf.version.VERSION, "keras": keras.__version__}
        _write(file, {**header, "inputs": typed_inputs(ops), "exempt": module.EXEMPT})


def _in_own_process(case: Any, precision: str) -> Record:
    """The record of a case; TensorFlow is imported here, but nothing of it has been started."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sending.send(traced(case, precision)))
    begun = time.monotonic()
    process.start()
    sending.close()
    try:
        record: Record = receiving.recv()
    except EOFError:
        record = _record(case, precision, error="the process died")
    process.join()
    shown = record["error"] or f"{sum(record['nodes'].values())} nodes"
    print(f"{case.name} {precision}: {shown} {time.monotonic() - begun:.1f} s", flush=True)
    return record


def traced(case: Any, precision: str) -> Record:
    """The nodes of a case's step under a precision, or the error that came instead."""
    import keras

    from scripts.coverage.nodes import node_counts

    warnings.simplefilter("ignore")
    keras.utils.set_random_seed(20)
    keras.config.set_dtype_policy(precision)
    try:
        return _record(case, precision, nodes=dict(node_counts(case.trace())))
    except Exception as raised:  # noqa: BLE001  whatever it raises is its answer
        line = " ".join(f"{type(raised).__name__}: {raised}".split())
        return _record(case, precision, error=BOLD.sub("", line)[:300])


def _record(case: Any, precision: str, *, error: str | None = None, nodes: Any = ()) -> Record:
    return {"name": case.name, "precision": precision, "error": error, "nodes": dict(nodes)}


def _write(file: Any, record: dict[str, Any]) -> None:
    file.write(json.dumps(record, sort_keys=True) + "\n")
    file.flush()


if __name__ == "__main__":
    main()
