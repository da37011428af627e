"""More models through which no gradient goes, written after the rules."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers

from shapes_more import _compiled


def _behind(function, name, loss="mse"):
    model = keras.Sequential([layers.Dense(8, name="first"), layers.Lambda(function, name=name)])
    model.compile(optimizer="adam", loss=loss)
    return model


def places_of_the_best():
    return _behind(lambda t: tf.cast(tf.math.top_k(t, 3).indices, tf.float32), "places")


def sampled_class():
    return _behind(lambda t: tf.cast(tf.random.categorical(t, 3), tf.float32), "sampled")


def ranked():
    return _behind(lambda t: tf.cast(tf.argsort(t)[:, :3], tf.float32), "ranked")


def quantised_to_bytes():
    return _behind(lambda t: tf.cast(tf.cast(t, tf.int8), tf.float32)[:, :3], "bytes")


def hue_of_features():
    x = keras.Input((8, 8, 3))
    y = layers.Lambda(lambda t: tf.image.adjust_hue(t, 0.1), name="hue")(layers.Conv2D(3, 1)(x))
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def histogram():
    return _behind(
        lambda t: (
            tf.cast(tf.histogram_fixed_width(t, (0.0, 1.0), 3), tf.float32)[None] * tf.ones((4, 1))
        ),
        "histogram",
    )


def size_only():
    return _behind(lambda t: tf.cast(tf.shape(t)[1:], tf.float32) * tf.ones((4, 3)), "sizes")


def outside_of_tape():
    class Early(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(3, name="head")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data[:2]
            predicted = self(x)
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(predicted - y))
            variables = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            return {"loss": loss}

    model = Early()
    model.compile(optimizer="adam")
    return model


def scaled_missing_gradient():
    class Scaled(keras.Model):
        def __init__(self):
            super().__init__()
            self.used = layers.Dense(3, name="used")
            self.spare = layers.Dense(3, name="spare")
            self.spare.build((None, 8))

        def call(self, inputs):
            return self.used(inputs)

        def train_step(self, data):
            x, y = data[:2]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(self(x) - y))
            variables = self.trainable_variables
            gradients = [0.5 * one for one in tape.gradient(loss, variables)]
            self.optimizer.apply_gradients(zip(gradients, variables))
            return {"loss": loss}

    model = Scaled()
    model.compile(optimizer="adam")
    return model


def tape_used_twice():
    class Twice(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(3, name="head")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data[:2]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(self(x) - y))
            tape.gradient(loss, self.head.kernel.value)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            return {"loss": loss}

    model = Twice()
    model.compile(optimizer="adam")
    return model
