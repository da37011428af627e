"""Models for the tests of tracing, written as users write them."""

# mypy: ignore-errors

import os
import sys
import time

import numpy as np
import tensorflow as tf

keras = tf.keras
layers = keras.layers


def small():
    image = keras.Input((8, 8, 3), name="image")
    hidden = layers.Conv2D(4, 3, name="first")(image)
    hidden = layers.Flatten()(hidden)
    model = keras.Model(image, layers.Dense(5, name="logits")(hidden), name="small")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    return model


def uncompiled():
    return keras.Sequential([keras.Input((6,)), layers.Dense(3, name="only")], name="plain")


def skip():
    image = keras.Input((None, None, 3))
    half = layers.MaxPooling2D(name="down")(image)
    whole = layers.UpSampling2D(name="up")(half)
    model = keras.Model(image, layers.Concatenate(name="joined")([image, whole]))
    model.compile("sgd", "mse")
    return model


class Floors(layers.Layer):
    def call(self, inputs):
        return tf.floor(inputs)  # the user's line of the node


def single(layer, loss="mse"):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="trained"), layer])
    model.compile("sgd", loss)
    return model


def floors():
    return single(Floors(name="floors"))


def of_targets(y_true, _y_pred):
    return tf.reduce_mean(tf.square(y_true))


def ignored():
    return single(layers.ReLU(name="last"), of_targets)


def symbol_into_tensorflow():
    entry = keras.Input((4,))
    return keras.Model(entry, tf.nn.relu(entry))


def rounds_beside():
    entry = keras.Input((4,))
    hidden = layers.Dense(4, name="trained")(entry)
    model = keras.Model(entry, layers.Add()([hidden, Floors(name="floors")(hidden)]))
    model.compile("sgd", "mse")
    return model


def area():
    image = keras.Input((8, 8, 3))
    hidden = layers.Conv2D(4, 3, padding="same", name="first")(image)
    shrunk = layers.Lambda(lambda x: tf.image.resize(x, (4, 4), method="area"), name="shrunk")
    model = keras.Model(image, shrunk(hidden))
    model.compile("sgd", "mse")
    return model


class Numpy(layers.Layer):
    def call(self, inputs):
        return inputs * np.asarray(inputs).mean()


def with_numpy():
    model = keras.Sequential([Numpy(name="numpy_inside"), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


class Loops(layers.Layer):
    def call(self, inputs):
        return tf.while_loop(
            lambda step, _: step < 5, lambda step, x: (step + 1, tf.tanh(x)), (0, inputs)
        )[1]


def loops():
    return single(Loops(name="loops"))


@tf.function
def doubled(values):
    return tf.nn.relu(values) * 2


@tf.function(jit_compile=True)
def compiled_function(values):
    return tf.nn.softplus(values)


def makes_function():
    return doubled


def prints():
    print("a line on stdout")  # noqa: T201
    os.write(1, b"bytes on stdout\n")
    return uncompiled()


def needs(size):
    return size


def gives_nothing():
    uncompiled()


def raises():
    raise RuntimeError("no luck today")


def leaves():
    sys.exit(0)


def dies():
    os._exit(0)


def hangs():
    time.sleep(1000)


def forks():
    os.fork()
    return uncompiled()


def batch():
    return np.zeros((7, 6), "float64"), np.zeros((7, 3), "float32")


def batches():
    yield np.zeros((5, 6), "float32"), np.zeros((5, 3), "float32")


def no_batch():
    return iter(())


@tf.function
def bare_function(x):
    return tf.nn.softmax(x)


def named_by_keras():
    keras.backend.clear_session()  # names are numbered from the start, as in a fresh process
    sizes = [layers.Dense(size) for size in (7, 6, 5)]
    return keras.Sequential([keras.Input((9,)), *sizes])


def labels_of_ten():
    return np.ones((4, 6), "float32"), np.full((4,), 10)


def of_ten_classes():
    model = keras.Sequential([keras.Input((6,)), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
