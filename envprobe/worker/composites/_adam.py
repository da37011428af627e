"""One step of Adam (Kingma and Ba, arXiv:1412.6980) through TensorFlow's fused update op."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

# The usual 0.999 is 1 in bfloat16, and 1 - 0.999 then 0: these are exact there. Epsilon is larger
# than the usual 1e-7: Adam's first step is the gradient's sign where the gradient is far above
# epsilon, and would hide the very errors that a probe looks for.
RATE, BETA1, BETA2, EPSILON = 0.0625, 230 / 256, 255 / 256, 2.0**-7


class Adam:
    """First and second moments of some variables."""

    def __init__(self, variables: list[Any]) -> None:
        self.variables = variables
        self.first = [tf.Variable(tf.zeros_like(variable)) for variable in variables]
        self.second = [tf.Variable(tf.zeros_like(variable)) for variable in variables]

    def step(self, gradients: Any) -> None:
        """The first step of a training: moments start from zero each time it is called."""
        for index, gradient in enumerate(gradients):
            number = gradient.dtype
            first, second = self.first[index], self.second[index]
            first.assign(tf.zeros_like(gradient))
            second.assign(tf.zeros_like(gradient))
            tf.raw_ops.ResourceApplyAdam(
                var=self.variables[index].handle,
                m=first.handle,
                v=second.handle,
                beta1_power=tf.constant(BETA1, number),
                beta2_power=tf.constant(BETA2, number),
                lr=tf.constant(RATE, number),
                beta1=tf.constant(BETA1, number),
                beta2=tf.constant(BETA2, number),
                epsilon=tf.constant(EPSILON, number),
                grad=gradient,
            )
