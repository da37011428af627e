"""Models that make state inside of the step."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers


def _compiled(model):
    model.compile(optimizer="adam", loss="mse")
    return model


def dense_made_in_call():
    class Lazy(layers.Layer):
        def call(self, inputs):
            self.inner = layers.Dense(4, name="inner")
            return self.inner(inputs)

    x = keras.Input((8,))
    return _compiled(keras.Model(x, layers.Dense(1)(Lazy(name="lazy")(x))))


def variable_each_call():
    @tf.function
    def counted(x):
        count = tf.Variable(0.0, name="count")
        count.assign_add(1.0)
        return x * count

    return counted


def metric_in_train_step():
    class Measured(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(1, name="head")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data[:2]
            mean = keras.metrics.Mean(name="running")
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(y - self(x)))
            variables = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            mean.update_state(loss)
            return {"loss": mean.result()}

    model = Measured()
    model.compile(optimizer="adam")
    return model


def optimizer_of_other_variables():
    class Pair(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = layers.Dense(4, name="first")
            self.second = layers.Dense(1, name="second")
            self.first.build((None, 8))
            self.second.build((None, 4))
            self.fast = keras.optimizers.Adam()
            self.fast.build(self.first.trainable_variables)

        def call(self, inputs):
            return self.second(self.first(inputs))

        def train_step(self, data):
            x, y = data[:2]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(y - self(x)))
            variables = self.trainable_variables
            self.fast.apply_gradients(zip(tape.gradient(loss, variables), variables))
            return {"loss": loss}

    model = Pair()
    model.compile(optimizer="adam")
    return model


def table_of_moving_mean():
    class Moving(layers.Layer):
        def call(self, inputs):
            mean = tf.Variable(tf.zeros((8,)), trainable=False, name="mean")
            mean.assign(0.9 * mean + 0.1 * tf.reduce_mean(inputs, 0))
            return inputs - mean

    return _compiled(keras.Sequential([layers.Dense(8), Moving(name="moving"), layers.Dense(1)]))


def seed_generator_in_call():
    class Noise(layers.Layer):
        def call(self, inputs):
            return inputs + keras.random.normal((8,), seed=keras.random.SeedGenerator(3))

    return _compiled(keras.Sequential([layers.Dense(8), Noise(name="noisy"), layers.Dense(1)]))
