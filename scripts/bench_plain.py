"""Plain long measurements of a few ops, without envprobe: what its timings are held against.

Prints one JSON document: op -> median seconds of one execution.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import tensorflow as tf

SECONDS = 3.0


def calls() -> dict[str, Callable[[], Any]]:
    """The ops, at the shapes of the catalog's timed cells, each in a tf.function."""
    normal = tf.random.Generator.from_seed(1).normal
    square = [normal([1024, 1024]) for _ in range(2)]
    image, filters = normal([8, 56, 56, 64]), normal([3, 3, 64, 64])
    batch, channel = normal([32, 56, 56, 64]), tf.ones([64])
    long = [normal([16_777_216]) for _ in range(2)]  # 64 MB each
    matmul = tf.function(tf.matmul)
    conv = tf.function(lambda x, w: tf.nn.conv2d(x, w, 1, "SAME"))
    norm = tf.function(
        lambda x: tf.raw_ops.FusedBatchNormV3(
            x=x, scale=channel, offset=channel, mean=channel, variance=channel, is_training=True
        )
    )
    add = tf.function(tf.add)
    return {
        "MatMul": lambda: matmul(*square),
        "Conv2D": lambda: conv(image, filters),
        "FusedBatchNormV3": lambda: norm(batch),
        "AddV2": lambda: add(*long),
    }


def median_seconds(call: Callable[[], Any], seconds: float) -> float:
    """The median over as many single executions as fit, after a tenth of them as warm-up."""
    samples = []
    end = time.perf_counter() + 0.1 * seconds
    while time.perf_counter() < end:
        call()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        call()
        samples.append(time.perf_counter() - begin)
    return statistics.median(samples)


if __name__ == "__main__":
    json.dump({op: median_seconds(call, SECONDS) for op, call in calls().items()}, sys.stdout)
