"""Runs, in an interpreter with TensorFlow, a node for each trait that the CPU's kernels refuse.

Prints one JSON document: `op trait dtype` -> null where it ran, else what was raised.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

RAW = tf.raw_ops
SAME = {"padding": "SAME"}
NHWC, NCHW = {"data_format": "NHWC"}, {"data_format": "NCHW"}
NDHWC, NCDHW = {"data_format": "NDHWC"}, {"data_format": "NCDHW"}


def ones(*shape: int) -> Any:
    return lambda dtype: tf.ones(shape, dtype)


def high(rank: int) -> Any:
    return ones(*(2 for _ in range(rank)))


def stretched(rank: int) -> Any:
    return ones(*(2 - place % 2 for place in range(rank)))


CONV = {**SAME, "strides": [1, 1, 1, 1]}
CONV3D = {**SAME, "strides": [1, 1, 1, 1, 1]}
POOL = {**SAME, "ksize": [1, 1, 2, 2], "strides": [1, 1, 2, 2], **NCHW}
POOL3D = {**SAME, "ksize": [1, 1, 2, 2, 2], "strides": [1, 1, 2, 2, 2], **NCDHW}
DEEP = {**SAME, "ksize": [1, 1, 1, 2], "strides": [1, 1, 1, 2], **NHWC}
BATCH = {**SAME, "ksize": [2, 1, 1, 1], "strides": [1, 1, 1, 1], **NHWC}
DILATED = {"dilations": [1, 2, 2, 1], **NHWC}
IMAGE, CHANNELS_FIRST = ones(2, 8, 8, 4), ones(2, 4, 8, 8)
VOLUME, VOLUME_FIRST = ones(2, 6, 6, 6, 2), ones(2, 2, 6, 6, 6)
KERNEL, KERNEL3D = ones(3, 3, 4, 4), ones(3, 3, 3, 2, 2)

NODES: dict[str, tuple[Any, dict[str, Any], tuple[Any, ...]]] = {
    "Conv2D channels-first": (RAW.Conv2D, {**CONV, **NCHW}, (CHANNELS_FIRST, KERNEL)),
    "Conv2DBackpropFilter dilated": (
        lambda a, b, **k: RAW.Conv2DBackpropFilter(
            input=a, filter_sizes=[3, 3, 4, 4], out_backprop=b, **k
        ),
        {**CONV, **DILATED},
        (IMAGE, IMAGE),
    ),
    "Conv2DBackpropInput grouped": (
        lambda a, b, **k: RAW.Conv2DBackpropInput(
            input_sizes=[2, 8, 8, 4], filter=a, out_backprop=b, **k
        ),
        CONV,
        (ones(3, 3, 2, 4), IMAGE),
    ),
    "Conv3D channels-first": (RAW.Conv3D, {**CONV3D, **NCDHW}, (VOLUME_FIRST, KERNEL3D)),
    "Conv3D dilated": (
        RAW.Conv3D,
        {**CONV3D, **NDHWC, "dilations": [1, 2, 2, 2, 1]},
        (VOLUME, KERNEL3D),
    ),
    "Conv3D grouped": (RAW.Conv3D, CONV3D, (VOLUME, ones(3, 3, 3, 1, 2))),
    "DepthwiseConv2dNative channels-first": (
        RAW.DepthwiseConv2dNative,
        {**CONV, **NCHW},
        (CHANNELS_FIRST, ones(3, 3, 4, 1)),
    ),
    "DepthwiseConv2dNative unequal-strides": (
        RAW.DepthwiseConv2dNative,
        {**SAME, **NHWC, "strides": [1, 1, 2, 1]},
        (IMAGE, ones(3, 3, 4, 1)),
    ),
    "DepthwiseConv2dNative dilated": (
        RAW.DepthwiseConv2dNative,
        {**CONV, **DILATED},
        (IMAGE, ones(3, 3, 4, 1)),
    ),
    "MaxPool channels-first": (RAW.MaxPool, POOL, (CHANNELS_FIRST,)),
    "AvgPool channels-first": (RAW.AvgPool, POOL, (CHANNELS_FIRST,)),
    "AvgPool pooled-channels": (RAW.AvgPool, DEEP, (IMAGE,)),
    "MaxPool pooled-batch": (RAW.MaxPool, BATCH, (IMAGE,)),
    "MaxPool3D channels-first": (RAW.MaxPool3D, POOL3D, (VOLUME_FIRST,)),
    "Softmax rank": (RAW.Softmax, {}, (high(6),)),
    "ReverseV2 rank": (lambda a: RAW.ReverseV2(tensor=a, axis=[0]), {}, (high(9),)),
    "MirrorPad rank": (
        lambda a: RAW.MirrorPad(input=a, paddings=[[1, 1]] * 6, mode="REFLECT"),
        {},
        (high(6),),
    ),
    "ArgMax rank": (lambda a: RAW.ArgMax(input=a, dimension=0), {}, (high(8),)),
    "GatherNd index-depth": (
        lambda a: RAW.GatherNd(params=a, indices=tf.zeros([1, 8], tf.int32)),
        {},
        (high(8),),
    ),
    "SpaceToBatchND block-sizes": (
        lambda a: RAW.SpaceToBatchND(input=a, block_shape=[2] * 5, paddings=[[0, 0]] * 5),
        {},
        (high(7),),
    ),
    "AddV2 broadcast-rank": (RAW.AddV2, {}, (high(6), stretched(6))),
}
ARGUMENTS = {
    "Conv2D": ("input", "filter"),
    "Conv3D": ("input", "filter"),
    "DepthwiseConv2dNative": ("input", "filter"),
    "MaxPool": ("input",),
    "AvgPool": ("value",),
    "MaxPool3D": ("input",),
    "Softmax": ("logits",),
    "AddV2": ("x", "y"),
}


def outcome(name: str, dtype: Any) -> str | None:
    run, attrs, makers = NODES[name]
    tensors = [make(dtype) for make in makers]
    names = ARGUMENTS.get(name.split(maxsplit=1)[0])
    try:
        if names is None:
            run(*tensors, **attrs)
        else:
            run(**dict(zip(names, tensors, strict=True)), **attrs)
    except Exception as error:  # noqa: BLE001  whatever it is, it is the answer
        return str(error)
    return None


answers = {
    f"{name} {dtype.name}": outcome(name, dtype)
    for name in NODES
    for dtype in (tf.float32, tf.float64)
    if (name.split()[0], dtype) != ("MaxPool3D", tf.float64)
}
json.dump(answers, sys.stdout)
