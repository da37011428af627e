"""Embedding of token ids and their masked mean: the front of text and recommendation models."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, size


def build(cell: dict[str, Any]) -> Subject:
    """Ids below zero are padding; the gradient is the table's, made dense."""
    arrays = Arrays(cell)
    rows, width = size(cell, "rows", 12, 50_000), size(cell, "width", 8, 128)
    table = arrays.normal_tensor(rows, width)
    ids = arrays.integers(rows, size(cell, "batch", 4, 256), size(cell, "steps", 6, 64))
    ids[:, -2:] = -1
    tokens = tf.constant(ids)

    def call(table: Any, tokens: Any) -> Any:
        mask = tf.cast(tokens >= 0, table.dtype)[:, :, tf.newaxis]
        vectors = tf.nn.embedding_lookup(table, tf.maximum(tokens, 0)) * mask
        return tf.reduce_sum(vectors, axis=1) / tf.reduce_sum(mask, axis=1)

    return Subject(call=call, inputs=[table, tokens], watched=[0])
