"""A large matrix product: the arithmetic that the device really delivers in this dtype."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, size

# On a CPU float16 and bfloat16 may be emulated: 2 n^3 has to stay within a sample. On a GPU
# tensor cores need 8192 to fill them, and float64 takes seconds there on a consumer's GPU.
TIMED_SIDE = {
    ("CPU", "float16"): 256,
    ("CPU", "bfloat16"): 512,
    ("CPU", "float32"): 1024,
    ("CPU", "float64"): 1024,
    ("GPU", "float16"): 8192,
    ("GPU", "bfloat16"): 8192,
    ("GPU", "float32"): 4096,
    ("GPU", "float64"): 2048,
}


def build(cell: dict[str, Any]) -> Subject:
    """Square, row-major, not transposed."""
    arrays = Arrays(cell)
    kind = cell["device"].split(":")[0]
    side = size(cell, "side", 32, TIMED_SIDE.get((kind, cell["dtype"]), 1024))
    left, right = arrays.normal_tensor(side, side), arrays.normal_tensor(side, side)
    return Subject(call=tf.matmul, inputs=[left, right])
