"""A whole training step as Keras' `mixed_float16` policy runs it, with dynamic loss scaling.

The layers compute in float16, weights, loss and Adam are float32. The loss is multiplied by
the scale, the gradients divided by it; a step whose gradients are not finite is left out and
halves the scale (Micikevicius et al., "Mixed precision training", arXiv:1710.03740).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ..subject import Subject
from ._adam import Adam
from ._conv_bn import statistics_dtype
from ._mlp import Mlp

SCALE = 2.0**10
OVERFLOWING_SCALE = 2.0**30  # beyond float16's 65504 with any gradient above 1e-4


def build(cell: dict[str, Any]) -> Subject:
    """Returns the new scale, whether the step was taken, new weights, and if so the gradients.

    With attribute `overflow` the scale is so large that the gradients are infinite: the right
    answer is half that scale and weights that did not change.
    """
    model = Mlp(cell, stored=statistics_dtype(cell["dtype"]))
    adam = Adam(model.variables)
    overflow = bool(cell["attrs"].get("overflow", False))
    initial_scale = OVERFLOWING_SCALE if overflow else SCALE
    scale = tf.Variable(tf.constant(initial_scale, model.stored))

    def call(images: Any, labels: Any, *initial: Any) -> Any:
        model.reset(initial)
        scale.assign(tf.constant(initial_scale, model.stored))
        gradients = _scaled_gradients(model, scale, images, labels)
        finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in gradients])
        tf.cond(finite, lambda: _take(adam, gradients), lambda: _skip(scale))
        shown = [] if overflow else gradients
        weights = [variable.read_value() for variable in model.variables]
        return scale.read_value(), tf.cast(finite, model.stored), weights, shown

    reference = None
    if overflow:
        weights = [np.asarray(value, dtype=np.float64) for value in model.initial]
        reference = [np.asarray(initial_scale / 2), np.asarray(0.0), *weights]
    return Subject(call=call, inputs=model.inputs, reference=reference)


def _scaled_gradients(model: Mlp, scale: Any, images: Any, labels: Any) -> list[Any]:
    with tf.GradientTape() as tape:
        scaled = model.loss(images, labels) * scale
    gradients = tape.gradient(scaled, model.variables)
    return [gradient / scale for gradient in gradients]


def _take(adam: Adam, gradients: list[Any]) -> Any:
    adam.step(gradients)
    return tf.constant(True)


def _skip(scale: Any) -> Any:
    scale.assign(scale * 0.5)
    return tf.constant(False)
