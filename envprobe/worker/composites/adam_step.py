"""A training step of a dense network with Adam, everything in the cell's dtype."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._adam import Adam
from ._mlp import Mlp


def build(cell: dict[str, Any]) -> Subject:
    """Returns loss, gradients, new weights and second moments."""
    model = Mlp(cell, stored=tf.as_dtype(cell["dtype"]))
    adam = Adam(model.variables)

    def call(images: Any, labels: Any, *initial: Any) -> Any:
        model.reset(initial)
        with tf.GradientTape() as tape:
            loss = model.loss(images, labels)
        gradients = tape.gradient(loss, model.variables)
        adam.step(gradients)
        return loss, gradients, [variable.read_value() for variable in model.variables]

    return Subject(call=call, inputs=model.inputs)
