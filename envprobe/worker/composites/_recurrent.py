"""A Keras recurrent layer over a whole sequence.

With its default configuration Keras takes the cuDNN kernel on a GPU; attribute `activation`
other than tanh takes the plain loop everywhere.
"""

from __future__ import annotations

from typing import Any

from ..subject import Subject
from ._arrays import Arrays, size
from ._keras import built, keras, policy


def recurrent(cell: dict[str, Any], layer_name: str) -> Subject:
    """All states of the sequence; the gradient is that of the input."""
    arrays = Arrays(cell)
    batch, steps = size(cell, "batch", 2, 32, 8), size(cell, "steps", 4, 64, 16)
    features, units = size(cell, "features", 3, 128), size(cell, "units", 4, 128)
    layer = getattr(keras().layers, layer_name)(
        units,
        activation=cell["attrs"].get("activation", "tanh"),
        recurrent_initializer="zeros",  # the default one needs a QR decomposition
        return_sequences=True,
        dtype=policy(cell),
    )
    shape = (batch, steps, features)
    built(layer, shape, arrays, scale=0.4 if not cell.get("timed") else 0.05)
    return Subject(call=layer, inputs=[arrays.normal_tensor(*shape)], watched=[0])
