"""A copy from another device of the type to this one."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, not_compiled, size
from ._peers import peers

TIMED_BYTES = 64 << 20


def build(cell: dict[str, Any]) -> Subject:
    """From the first other device."""
    own, other = peers(cell)[:2]
    not_compiled(cell, "a copy between devices is not compiled")
    arrays = Arrays(cell)
    count = size(cell, "count", 1024, TIMED_BYTES // arrays.dtype.size)
    values = arrays.normal(count)
    with tf.device("/device:" + other):
        elsewhere = arrays.tensor(values)

    def call(elsewhere: Any) -> Any:
        with tf.device("/device:" + own):
            return tf.identity(elsewhere)

    return Subject(crosses_devices=True, call=call, inputs=[elsewhere], reference=[values])
