"""Group normalisation by its formula (Wu and He, arXiv:1803.08494): no raw op does it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, size

GROUPS = 2


def build(cell: dict[str, Any]) -> Subject:
    """Over NHWC images; gradients of the images and of the scale."""
    arrays = Arrays(cell)
    side, channels = size(cell, "side", 4, 56), size(cell, "channels", 8, 64)
    shape = (size(cell, "batch", 2, 16), side, side, channels)
    images = arrays.normal_tensor(*shape)
    gamma = arrays.tensor(1.5 + 0.25 * arrays.signs(channels))
    beta = arrays.normal_tensor(channels)

    def call(images: Any, gamma: Any, beta: Any) -> Any:
        grouped = tf.reshape(images, (*shape[:3], GROUPS, channels // GROUPS))
        mean, variance = tf.nn.moments(grouped, axes=[1, 2, 4], keepdims=True)
        epsilon = tf.cast(1e-3, images.dtype)
        normal = (grouped - mean) * tf.math.rsqrt(variance + epsilon)
        return tf.reshape(normal, shape) * gamma + beta

    return Subject(call=call, inputs=[images, gamma, beta], watched=[0, 1])
