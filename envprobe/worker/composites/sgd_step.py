"""A training step of a dense network with SGD and momentum, everything in the cell's dtype."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._mlp import Mlp

RATE, MOMENTUM = 0.5, 0.9


def build(cell: dict[str, Any]) -> Subject:
    """Returns loss, gradients and new weights."""
    model = Mlp(cell, stored=tf.as_dtype(cell["dtype"]))
    momenta = [tf.Variable(tf.zeros_like(value)) for value in model.initial]

    def call(images: Any, labels: Any, *initial: Any) -> Any:
        model.reset(initial)
        with tf.GradientTape() as tape:
            loss = model.loss(images, labels)
        gradients = tape.gradient(loss, model.variables)
        for variable, momentum, gradient in zip(model.variables, momenta, gradients):
            momentum.assign(tf.zeros_like(gradient))
            tf.raw_ops.ResourceApplyMomentum(
                var=variable.handle,
                accum=momentum.handle,
                lr=tf.constant(RATE, gradient.dtype),
                grad=gradient,
                momentum=tf.constant(MOMENTUM, gradient.dtype),
            )
        return loss, gradients, [variable.read_value() for variable in model.variables]

    return Subject(call=call, inputs=model.inputs)
