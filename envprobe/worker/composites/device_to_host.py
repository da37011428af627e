"""A copy from the device to the host's memory, as every logged loss and checkpoint takes it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import NotApplicable, Subject
from ._arrays import Arrays, constant, not_compiled, size

TIMED_BYTES = 64 << 20


def build(cell: dict[str, Any]) -> Subject:
    """Into a variable on the host, which is read back: outputs have to be on the device."""
    if cell["device"].startswith("CPU"):
        raise NotApplicable("the device's memory is the host's")
    not_compiled(cell, "a copy between devices is not compiled")
    arrays = Arrays(cell)
    count = size(cell, "count", 1024, TIMED_BYTES // arrays.dtype.size)
    values = arrays.normal(count)
    with tf.device("/device:CPU:0"):
        host = tf.Variable(constant(-values, arrays.dtype))

    def call(on_device: Any) -> None:
        with tf.device("/device:CPU:0"):
            host.assign(on_device)

    return Subject(
        crosses_devices=True,
        call=call,
        inputs=[arrays.tensor(values)],
        reference=[values],
        variables=[host],
    )
