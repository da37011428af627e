"""A tf.function traced once for unknown shapes and called with several."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """Softmax attention over batches and lengths that the graph does not know."""
    arrays = Arrays(cell)
    sequences = arrays.normal_tensor(4, 6, 8)
    unknown = tf.TensorSpec([None, None, 8], arrays.dtype)

    def attention(sequence: Any) -> Any:
        scores = tf.matmul(sequence, sequence, transpose_b=True)
        length = tf.cast(tf.shape(sequence)[1], sequence.dtype)
        return tf.matmul(tf.nn.softmax(scores / length), sequence)

    traced = tf.function(attention, input_signature=[unknown], autograph=False)

    def call(sequences: Any) -> Any:
        whole = tf.ensure_shape(traced(sequences), [4, 6, 8])
        part = tf.ensure_shape(traced(sequences[:3, :5]), [3, 5, 8])
        return whole, part

    return Subject(call=call, inputs=[sequences], watched=[0])
