"""Batch normalisation in training mode, fused where TensorFlow has a fused kernel."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

EPSILON = 1e-3


def batch_norm(images: Any, gamma: Any, beta: Any) -> tuple[Any, Any, Any]:
    """Normalised NHWC images, the batch's mean, and its variance with Bessel's correction.

    `gamma` and `beta` are float32 (float64 for float64 images). FusedBatchNormV3's definition
    has no float64: Keras then takes the formula, and so does this.
    """
    if images.dtype == tf.float64:
        mean, variance = tf.nn.moments(images, axes=[0, 1, 2])
        normal = (images - mean) * tf.math.rsqrt(variance + EPSILON) * gamma + beta
        count = float(images.shape[0] * images.shape[1] * images.shape[2])
        return normal, mean, variance * (count / (count - 1))
    result = tf.raw_ops.FusedBatchNormV3(
        x=images,
        scale=gamma,
        offset=beta,
        mean=tf.zeros([0], tf.float32),
        variance=tf.zeros([0], tf.float32),
        epsilon=EPSILON,
        is_training=True,
    )
    return result.y, result.batch_mean, result.batch_variance


def statistics_dtype(dtype: Any) -> Any:
    """The dtype of scales, offsets and moments beside images of `dtype`."""
    return tf.float64 if tf.as_dtype(dtype) == tf.float64 else tf.float32
