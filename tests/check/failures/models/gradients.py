"""Models through which no gradient goes, or whose op has none."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers


def _compiled(model):
    model.compile(optimizer="adam", loss="mse")
    return model


def rounded_output():
    x = keras.Input((8,))
    y = layers.Lambda(tf.round, name="whole")(layers.Dense(1)(x))
    return _compiled(keras.Model(x, y))


def threshold_output():
    class Threshold(layers.Layer):
        def call(self, inputs):
            return tf.cast(inputs > 0.5, tf.float32)

    return _compiled(keras.Sequential([layers.Dense(1), Threshold(name="threshold")]))


def contrast_after_conv():
    class Contrast(layers.Layer):
        def call(self, inputs):
            return tf.image.adjust_contrast(inputs, 2.0)

    x = keras.Input((16, 16, 3))
    y = Contrast(name="contrast")(layers.Conv2D(3, 1)(x))
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def numpy_in_the_middle():
    class Host(layers.Layer):
        def call(self, inputs):
            out = tf.numpy_function(lambda value: value * 2.0, [inputs], tf.float32)
            return tf.ensure_shape(out, inputs.shape)

    x = keras.Input((8,), batch_size=4)
    return _compiled(keras.Model(x, Host(name="host")(layers.Dense(1)(x))))


def top_class_as_feature():
    x = keras.Input((8,))
    scores = layers.Dense(5, name="scores")(x)
    best = layers.Lambda(lambda t: tf.one_hot(tf.argmax(t, -1), 5), name="best")(scores)
    model = keras.Model(x, best)
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model


def loss_of_constants():
    def constant(y_true, y_pred):
        return tf.reduce_mean(tf.ones_like(y_true))

    model = keras.Sequential([layers.Dense(1)])
    model.compile(optimizer="adam", loss=constant)
    return model


def accuracy_as_loss():
    def error_rate(y_true, y_pred):
        wrong = tf.not_equal(tf.argmax(y_pred, -1), tf.argmax(y_true, -1))
        return tf.cast(wrong, tf.float32)

    model = keras.Sequential([layers.Dense(4, activation="softmax")])
    model.compile(optimizer="adam", loss=error_rate)
    return model


def step_without_tape():
    class Forgetful(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(1, name="head")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data[:2]
            predicted = self(x)
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(tf.stop_gradient(predicted) - y))
            variables = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            return {"loss": loss}

    model = Forgetful()
    model.compile(optimizer="adam")
    return model
