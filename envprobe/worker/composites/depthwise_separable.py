"""Depthwise convolution, pointwise convolution and swish: the block of MobileNets."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, size


def build(cell: dict[str, Any]) -> Subject:
    """NHWC; gradients of the images and of both kernels."""
    arrays = Arrays(cell)
    side, channels = size(cell, "side", 6, 56), size(cell, "channels", 4, 64)
    images = arrays.normal_tensor(size(cell, "batch", 2, 16), side, side, channels)
    depthwise = arrays.normal_tensor(3, 3, channels, 1, scale=0.3)
    pointwise = arrays.normal_tensor(1, 1, channels, 2 * channels, scale=0.3)

    def call(images: Any, depthwise: Any, pointwise: Any) -> Any:
        spread = tf.nn.depthwise_conv2d(images, depthwise, strides=[1, 1, 1, 1], padding="SAME")
        return tf.nn.silu(tf.nn.conv2d(spread, pointwise, strides=1, padding="SAME"))

    return Subject(call=call, inputs=[images, depthwise, pointwise], watched=[0, 1, 2])
