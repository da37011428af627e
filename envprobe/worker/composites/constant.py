"""A constant: the most frequent node of all; its value travels inside the graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ..inputs import make
from ..raw_op import rounded
from ..subject import Subject

SHAPE = (3, 4)


def build(cell: dict[str, Any]) -> Subject:
    """The constant's value beside an input, so that the graph is not computed beforehand."""
    dtype = cell["dtype"]
    values = make({"dtype": dtype, "shape": SHAPE, "values": "normal"}, cell["op"])
    value = rounded(tf, values, dtype)

    def call(fed: Any) -> Any:
        constant = tf.constant(value, dtype=tf.as_dtype(dtype))
        return constant, tf.concat([fed, constant], 0)

    fed = tf.constant(value[:1], dtype=tf.as_dtype(dtype))
    return Subject(call=call, inputs=[fed], reference=[value, np.concatenate([value[:1], value])])
