"""Convolution, batch normalisation in training mode, residual and ReLU: a ResNet's block.

In graph mode TensorFlow's remapper fuses the last three on GPUs, which no single op shows.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, size
from ._conv_bn import batch_norm, statistics_dtype


def build(cell: dict[str, Any]) -> Subject:
    """NHWC; returns activations and moments; gradients of all four arguments."""
    arrays = Arrays(cell)
    side, channels = size(cell, "side", 6, 56, 28), size(cell, "channels", 4, 64)
    shape = (size(cell, "batch", 2, 16, 1), side, side, channels)
    images = arrays.normal_tensor(*shape)
    kernel = arrays.normal_tensor(3, 3, channels, channels, scale=0.2)
    statistics = statistics_dtype(arrays.dtype)
    gamma = arrays.tensor(0.25 + 0.03125 * arrays.signs(channels), statistics)
    beta = arrays.tensor(0.125 * arrays.signs(channels), statistics)
    residual = arrays.tensor(arrays.signs(*shape, magnitude=1.75))

    def call(images: Any, kernel: Any, gamma: Any, beta: Any) -> Any:
        convolved = tf.nn.conv2d(images, kernel, strides=1, padding="SAME")
        normal, mean, variance = batch_norm(convolved, gamma, beta)
        # FusedBatchNormV3 defines no gradient through its moments.
        return tf.nn.relu(normal + residual), tf.stop_gradient(mean), tf.stop_gradient(variance)

    return Subject(call=call, inputs=[images, kernel, gamma, beta], watched=[0, 1, 2, 3])
