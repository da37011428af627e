"""A copy from the host's memory to the device, as every batch takes it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import NotApplicable, Subject
from ._arrays import Arrays, not_compiled, size

TIMED_BYTES = 64 << 20


def build(cell: dict[str, Any]) -> Subject:
    """From pageable memory: TensorFlow stages it through its own pinned buffers."""
    if cell["device"].startswith("CPU"):
        raise NotApplicable("the device's memory is the host's")
    not_compiled(cell, "a copy between devices is not compiled")
    arrays = Arrays(cell)
    count = size(cell, "count", 1024, TIMED_BYTES // arrays.dtype.size)
    values = arrays.normal(count)
    with tf.device("/device:CPU:0"):
        on_host = arrays.tensor(values)

    def call(on_host: Any) -> Any:
        with tf.device("/device:" + cell["device"]):
            return tf.identity(on_host)

    return Subject(crosses_devices=True, call=call, inputs=[on_host], reference=[values])
