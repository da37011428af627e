"""Fails in many ways in one process, and prints each traceback behind a line `@@@ name`.

Runs in an interpreter with TensorFlow, without a GPU; Python 3.9.
"""
# Mistakes are made on purpose here, and printing is all that it does; TensorFlow has no types.
# ruff: noqa: T201, BLE001, PLW0108, ARG002, ARG005
# mypy: ignore-errors

import sys
import tempfile
import traceback
from pathlib import Path

import numpy as np
import tensorflow as tf

FAILURES = {}
HALF = tf.constant([1.0, 2.0], tf.float16)
SINGLE = tf.constant([1.0, 2.0])


def failure(function):
    """Keeps the function by its name."""
    FAILURES[function.__name__] = function
    return function


def compiled(function, *args):
    """Calls the function under XLA."""
    return tf.function(function, jit_compile=True)(*args)


@failure
def half_kernel_missing():
    tf.linalg.cholesky(tf.eye(3, dtype=tf.float16))


@failure
def half_outside_definition():
    tf.linalg.inv(tf.cast(tf.eye(3), tf.bfloat16))


@failure
def half_outside_definition_in_graph():
    tf.function(lambda x: tf.linalg.inv(x))(tf.cast(tf.eye(3), tf.bfloat16))


@failure
def layout_without_kernel():
    tf.nn.depth_to_space(tf.ones((1, 4, 4, 4)), 2, data_format="NCHW")


@failure
def bool_outside_definition():
    tf.raw_ops.Dilation2D(
        input=tf.ones((1, 4, 4, 1), tf.bool),
        filter=tf.ones((2, 2, 1), tf.bool),
        strides=[1, 1, 1, 1],
        rates=[1, 1, 1, 1],
        padding="SAME",
    )


@failure
def gpu_only_op():
    tf.raw_ops.CudnnRNN(
        input=tf.ones((2, 2, 2)),
        input_h=tf.ones((1, 2, 2)),
        input_c=tf.ones((1, 2, 2)),
        params=tf.ones(50),
    )


@failure
def kernel_missing_for_dtype():
    tf.raw_ops.Betainc(a=HALF, b=HALF, x=HALF)


@failure
def xla_without_op():
    compiled(lambda x: tf.strings.as_string(x), tf.constant([1, 2]))


@failure
def xla_without_python_function():
    compiled(lambda x: tf.py_function(lambda v: v, [x], tf.float32), SINGLE)


@failure
def xla_without_table():
    rows = tf.lookup.KeyValueTensorInitializer([1], [2])
    table = tf.lookup.StaticHashTable(rows, 0)
    compiled(lambda x: table.lookup(x), tf.constant([1]))


@failure
def xla_without_size():
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            while tf.reduce_sum(y) < 100.0:
                y = y * 2.0
        return tape.gradient(y, x)

    tf.function(gradient, jit_compile=True)(SINGLE)


@failure
def two_dtypes_at_once():
    return HALF * SINGLE


@failure
def two_dtypes_in_graph():
    tf.function(lambda a, b: tf.concat([a, b], 0))(HALF, SINGLE)


@failure
def two_dtypes_in_layer():
    class Doubled(tf.keras.layers.Layer):
        def build(self, shape):
            self.factor = tf.constant(2.0)

        def call(self, x):
            return x * self.factor

    tf.keras.Sequential([tf.keras.Input((2,)), Doubled(dtype="mixed_float16")])


@failure
def conversion_to_other_dtype():
    tf.Variable(1.0).assign(tf.constant(1, tf.int32))


@failure
def index_of_floats():
    tf.function(lambda x: tf.gather(x, tf.constant([0.0])))(SINGLE)


@failure
def array_of_lists():
    tf.convert_to_tensor(np.array([[1, 2], [3]], dtype=object))


@failure
def data_of_strange_type():
    model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(object(), np.ones((4, 1)), verbose=0)


@failure
def text_in_graph():
    tf.function(lambda x: tf.cast(x, tf.float32))(tf.constant(["a"]))


@failure
def dtype_changes_in_loop():
    def loop(n):
        x = tf.constant(1.0)
        for _ in tf.range(n):
            x = tf.cast(x, tf.float16)
        return x

    tf.function(loop)(3)


@failure
def function_gives_float64():
    def double(x):
        return tf.numpy_function(np.float64, [x], tf.float32)

    tf.function(double)(1.0)


@failure
def generator_gives_text():
    spec = tf.TensorSpec((), tf.float32)
    list(tf.data.Dataset.from_generator(lambda: iter(["a"]), output_signature=spec))


@failure
def op_of_a_missing_library():
    folder = tempfile.mkdtemp()
    module = tf.Module()
    module.f = tf.function(tf.cos, input_signature=[tf.TensorSpec((), tf.float32)])
    tf.saved_model.save(module, folder)
    saved = Path(folder, "saved_model.pb")
    saved.write_bytes(saved.read_bytes().replace(b"\x03Cos", b"\x03Cxs"))
    tf.saved_model.load(folder)


@failure
def gradient_not_defined():
    def gradient(x):
        return tf.gradients(tf.raw_ops.Bincount(arr=tf.constant([1, 1]), size=3, weights=x), x)

    tf.function(gradient)(SINGLE)


@failure
def no_gradients():
    model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1)])
    model.compile("sgd", lambda y, p: tf.reduce_mean(tf.round(tf.stop_gradient(p))))
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)


@failure
def placeholder_without_value():
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        session.run(tf.compat.v1.placeholder(tf.float32, (2,), name="images") + 1)


def main():
    """Run the failures one by one."""
    for name, function in FAILURES.items():
        print("@@@", name, flush=True)
        try:
            function()
        except Exception:
            sys.stderr.flush()
            print(traceback.format_exc(), flush=True)


if __name__ == "__main__":
    main()
