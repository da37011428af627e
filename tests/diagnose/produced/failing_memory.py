"""Runs out of memory and of disk in many ways, and prints each traceback behind `@@@ name`.

Runs in an interpreter with TensorFlow, without a GPU; Python 3.9. What is asked for is larger than
any address space, so that nothing is really taken.
"""
# Mistakes are made on purpose here, and printing is all that it does; TensorFlow has no types.
# ruff: noqa: T201, BLE001
# mypy: ignore-errors

import os
import resource
import sys
import threading
import time
import traceback
from pathlib import Path

import numpy as np
import tensorflow as tf

FAILURES = {}
WIDE = 2**24
# A file that is always full.
FULL = "/dev/full"


def failure(function):
    """Keeps the function by its name."""
    FAILURES[function.__name__] = function
    return function


@failure
def note_on_large_allocation():
    # The first: the note is given a few times only.
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    tf.raw_ops.Empty(shape=[memory // 32], dtype=tf.float32, init=False)


@failure
def tensor_at_once():
    tf.zeros([WIDE, WIDE], tf.float64)


@failure
def tensor_in_graph():
    tf.function(lambda x: tf.reduce_sum(tf.tile(x, [1, WIDE])))(tf.ones([WIDE, 1]))


@failure
def tensor_under_xla():
    product = tf.function(lambda x: tf.matmul(x, x, transpose_b=True), jit_compile=True)
    product(tf.ones([WIDE, 1]))


@failure
def layer_too_wide():
    layer = tf.keras.layers.Dense(WIDE, name="widest")
    layer.build((None, WIDE))


@failure
def layer_in_fit():
    class Repeated(tf.keras.layers.Layer):
        def call(self, inputs):
            repeated = tf.tile(inputs, [1, WIDE * WIDE // 64])
            return tf.reduce_sum(repeated, axis=1, keepdims=True)

    model = tf.keras.Sequential([Repeated(name="repeated_part"), tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((64, 1), "float32"), np.ones((64, 1), "float32"), batch_size=64, verbose=0)


@failure
def array_too_large():
    np.ones((WIDE, WIDE))


@failure
def object_too_large():
    bytearray(2**60)


@failure
def threads_too_many():
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**26, hard))
    waiting = threading.Event()
    try:
        for _ in range(200):
            threading.Thread(target=waiting.wait, daemon=True).start()
    finally:
        waiting.set()
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        time.sleep(0.1)


@failure
def disk_full_for_tensorflow():
    tf.io.write_file(FULL, "x" * 100)


@failure
def disk_full_for_records():
    with tf.io.TFRecordWriter(FULL) as writer:
        writer.write(b"x" * 10**6)


@failure
def disk_full_for_python():
    Path(FULL).write_text("x" * 10**5)


for name, fail in FAILURES.items():
    sys.stdout.flush()
    print(f"@@@ {name}", file=sys.stderr, flush=True)
    try:
        fail()
    except BaseException:
        traceback.print_exc()
