"""The questions `prepare`, `sample` and `release`: raw seconds; the parent judges them."""

from __future__ import annotations

import gc
import itertools
import time
from typing import Any, Callable

from .classify import classify
from .execute import executable
from .run import build, shapes

Answer = dict[str, Any]
_PREPARED: dict[int, tuple[Callable[[], Any], int, bool]] = {}
_HANDLES = itertools.count(1)


def prepare(question: Answer) -> Answer:
    """Build a cell at its timed shapes and call it once; `handle` stands for it from then on."""
    import tensorflow as tf

    cell = question["cell"]
    _PREPARED.clear()  # one at a time: the device's memory is needed for this one
    try:
        subject = build(tf, cell)
        called, inputs = executable(cell, subject)
        function: Any = called
        if cell["mode"] != "eager":
            function = function.get_concrete_function(*inputs)
        outputs = _flat(function(*inputs))
    except Exception as raised:
        status, reason = classify(raised)
        return {"status": status, "reason": reason}
    handle = next(_HANDLES)
    on_cpu = cell["device"].startswith("CPU")
    _PREPARED[handle] = (lambda: function(*inputs), subject.loops_inside, on_cpu)
    return {
        "handle": handle,
        "shapes": shapes(subject, outputs),
        "item_bytes": [tensor.dtype.size for tensor in [*inputs, *outputs]],
    }


def _flat(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def sample(question: Answer) -> Answer:
    """Seconds for `loops` executions, the device idle before and after."""
    call, loops_inside, on_cpu = _PREPARED[question["handle"]]
    loops = question["loops"]
    synchronise = _nothing if on_cpu else _synchroniser()
    gc.collect(0)
    gc.disable()
    try:
        synchronise()
        begin = time.perf_counter()
        for _ in range(loops):
            call()
        synchronise()
        seconds = time.perf_counter() - begin
    finally:
        gc.enable()
    return {"seconds": seconds / loops_inside}


def _nothing() -> None:
    """CPU kernels have ended when the call returns."""


def _synchroniser() -> Callable[[], Any]:
    import tensorflow as tf

    wait: Callable[[], Any] = tf.test.experimental.sync_devices
    return wait


def release(question: Answer) -> Answer:
    """Forget a prepared cell and its memory."""
    _PREPARED.pop(question["handle"], None)
    return {}
