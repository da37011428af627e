"""A two-layer classifier with its loss, for the probes that run a whole training step."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ._arrays import Arrays, size


class Mlp:
    """Batch, labels, initial weights and the variables of one classifier.

    Weights are kept in `stored` (float32, or float64 for the reference) and computed with in
    the cell's dtype, as Keras' mixed policies do.
    """

    def __init__(self, cell: dict[str, Any], stored: Any) -> None:
        arrays = Arrays(cell)
        self.compute, self.stored = arrays.dtype, stored
        batch, features = size(cell, "batch", 8, 256, 32), size(cell, "features", 16, 1024)
        hidden, classes = size(cell, "hidden", 16, 1024, 256), size(cell, "classes", 5, 1000, 128)
        self.images = arrays.tensor(arrays.normal(batch, features))
        labels = np.eye(classes)[arrays.integers(classes, batch)]
        self.labels = arrays.tensor(labels, stored)
        self.initial = [
            arrays.tensor(arrays.normal(features, hidden, scale=0.2 / features**0.5), stored),
            arrays.tensor(arrays.signs(hidden), stored),  # keeps ReLU away from its kink
            arrays.tensor(arrays.normal(hidden, classes, scale=hidden**-0.5), stored),
            arrays.tensor(arrays.normal(classes, scale=0.1), stored),
        ]
        self.variables = [tf.Variable(value) for value in self.initial]

    @property
    def inputs(self) -> list[Any]:
        """What the step is fed with: images, labels, initial weights."""
        return [self.images, self.labels, *self.initial]

    def reset(self, initial: Any) -> None:
        """Start each step from the same weights, so that calling twice changes nothing."""
        for variable, value in zip(self.variables, initial):
            variable.assign(value)

    def loss(self, images: Any, labels: Any) -> Any:
        """Mean cross-entropy in the stored dtype, the layers in the compute dtype."""
        first, offset, second, last = [tf.cast(v, self.compute) for v in self.variables]
        hidden = tf.nn.relu(tf.nn.bias_add(tf.matmul(images, first), offset))
        logits = tf.cast(tf.nn.bias_add(tf.matmul(hidden, second), last), self.stored)
        entropy = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        return tf.reduce_mean(entropy)
