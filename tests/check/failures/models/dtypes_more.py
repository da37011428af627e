"""More models with dtypes that do not meet, written after the rules."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers

from shapes_more import Applied, _around, _compiled  # noqa: F401


def text_into_dense():
    x = keras.Input((1,), dtype="string", name="text")
    return _compiled(keras.Model(x, layers.Dense(1, name="score")(x)))


def product_with_mask():
    return _around(lambda t: t * (t > 0), "gate")


def complex_projection():
    class Project(layers.Layer):
        def build(self, shape):
            self.kernel = self.add_weight(shape=(8, 4), name="kernel")

        def call(self, inputs):
            return tf.abs(tf.matmul(tf.cast(inputs, tf.complex64), self.kernel))

    return _compiled(keras.Sequential([layers.Dense(8), Project(name="project"), layers.Dense(1)]))


def loop_changes_dtype():
    def halved(t):
        return tf.while_loop(
            lambda at, held: at < 3,
            lambda at, held: (at + 1, tf.cast(held, tf.float64) * 0.5),
            (tf.constant(0), t),
        )[1]

    return _around(halved, "loop")


def branches_of_two_dtypes():
    return _around(
        lambda t: tf.cond(tf.reduce_sum(t) > 0, lambda: t, lambda: tf.cast(t, tf.float64)),
        "branch",
    )


def condition_in_float():
    return _around(lambda t: tf.where(tf.sign(t), t, tf.zeros_like(t)), "choose")


def shape_in_float():
    return _around(lambda t: tf.reshape(t, [tf.size(t) / 8, 8]), "rows")


def difference_in_function():
    @tf.function
    def error(x, y):
        return tf.reduce_mean(tf.square(x - y))

    return error


def bits_of_floats():
    return _around(lambda t: tf.bitwise.bitwise_and(t, t), "bits")


def svd_in_half():
    return _around(lambda t: tf.linalg.svd(t, compute_uv=False), "spectrum")


def one_hot_of_scores():
    return _around(lambda t: tf.reduce_sum(tf.one_hot(t, 5), -1), "hot")


def segments_of_floats():
    return _around(lambda t: tf.math.unsorted_segment_sum(t, t[:, 0], 4), "segments")


def constant_in_double():
    return _around(lambda t: t + tf.constant([0.5] * 8, tf.float64), "shifted")


def unknown_dtype():
    x = keras.Input((8,))
    return _compiled(keras.Model(x, layers.Dense(1, dtype="float24", name="odd")(x)))


def interpolation_in_integers():
    return _around(lambda t: tf.linspace(0, 1, 5.5), "steps")
