"""Models whose Python asks a tensor for numbers while the graph is built."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def _compiled(model):
    model.compile(optimizer="adam", loss="mse")
    return model


def if_on_keras_tensor():
    x = keras.Input((8,))
    y = layers.Dense(8)(x)
    if keras.ops.mean(y) > 0:
        y = layers.Dense(8)(y)
    return _compiled(keras.Model(x, layers.Dense(1)(y)))


def numpy_mean_in_call():
    class Center(layers.Layer):
        def call(self, inputs):
            return inputs - np.mean(inputs)

    return _compiled(keras.Sequential([layers.Dense(8), Center(name="center"), layers.Dense(1)]))


def numpy_method_in_call():
    class Peek(layers.Layer):
        def call(self, inputs):
            return inputs / float(inputs.numpy().max())

    return _compiled(keras.Sequential([layers.Dense(8), Peek(name="peek"), layers.Dense(1)]))


def int_of_tensor():
    class Window(layers.Layer):
        def call(self, inputs):
            length = int(tf.reduce_max(tf.reduce_sum(inputs, -1)))
            return inputs[:, :length]

    return _compiled(keras.Sequential([Window(name="window"), layers.Dense(1)]))


def range_of_batch():
    class Rows(layers.Layer):
        @tf.autograph.experimental.do_not_convert
        def call(self, inputs):
            return tf.stack([row * 2.0 for row in inputs])

    return _compiled(keras.Sequential([Rows(name="rows"), layers.Dense(1)]))


def unknown_batch_in_zeros():
    class Pad(layers.Layer):
        def call(self, inputs):
            return tf.concat([inputs, tf.zeros((inputs.shape[0], 2))], axis=-1)

    x = keras.Input((8,))
    return _compiled(keras.Model(x, layers.Dense(1)(Pad(name="pad")(x))))


def tf_op_on_input():
    x = keras.Input((8, 8, 3), name="image")
    y = tf.image.resize(x, (4, 4))
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def early_return_in_loss():
    def guarded(y_true, y_pred):
        error = keras.ops.mean(keras.ops.square(y_true - y_pred))
        return error if bool(error > 1.0) else 2.0 * error

    model = keras.Sequential([layers.Dense(1)])
    model.compile(optimizer="adam", loss=guarded)
    return model


def sklearn_like_metric():
    def matches(y_true, y_pred):
        return np.sum(np.round(y_pred) == y_true) / len(y_true)

    model = keras.Sequential([layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse", metrics=[matches])
    return model


def numpy_data_of_tf_function():
    @tf.function
    def total(x):
        return np.dot(x, np.ones((8, 2), np.float32))

    return total
