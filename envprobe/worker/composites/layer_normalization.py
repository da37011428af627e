"""Keras LayerNormalization over the last axis."""

from __future__ import annotations

from typing import Any

from ..subject import Subject
from ._arrays import Arrays, size
from ._keras import built, keras, policy


def build(cell: dict[str, Any]) -> Subject:
    """The gradient is that of the input."""
    arrays = Arrays(cell)
    shape = (size(cell, "batch", 4, 4096), size(cell, "width", 16, 1024))
    # The default epsilon of 1e-3 is lost in no dtype; the smaller ones of some models are.
    layer = built(keras().layers.LayerNormalization(dtype=policy(cell)), shape, arrays)
    return Subject(call=layer, inputs=[arrays.normal_tensor(*shape)], watched=[0])
