"""A Keras LSTM layer run in both directions, its outputs concatenated."""

from __future__ import annotations

from typing import Any

from ..subject import Subject
from ._arrays import Arrays, size
from ._keras import built, keras, policy


def build(cell: dict[str, Any]) -> Subject:
    """All states of the sequence; the gradient is that of the input."""
    arrays = Arrays(cell)
    layers = keras().layers
    units = size(cell, "units", 3, 64)
    one_way = layers.LSTM(
        units, recurrent_initializer="zeros", return_sequences=True, dtype=policy(cell)
    )
    layer = layers.Bidirectional(one_way, dtype=policy(cell))
    built(layer, (2, 4, 3), arrays)
    return Subject(call=layer, inputs=[arrays.normal_tensor(2, 4, 3)], watched=[0])
