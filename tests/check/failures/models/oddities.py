"""Models that fail in other ways: arguments, unimplemented pairs, a plain slip in the user's code."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers


def _compiled(model):
    model.compile(optimizer="adam", loss="mse")
    return model


def dilated_strided_depthwise():
    x = keras.Input((32, 32, 4))
    y = layers.Conv2DTranspose(8, 3, strides=2, dilation_rate=2, name="grow")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.GlobalAveragePooling2D()(y))))


def groups_do_not_divide():
    x = keras.Input((8, 8, 6))
    y = layers.Conv2D(8, 3, groups=4, name="grouped")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def asserting_layer():
    class Checked(layers.Layer):
        def call(self, inputs):
            tf.debugging.assert_rank(inputs, 3)
            return inputs

    return _compiled(keras.Sequential([Checked(name="checked"), layers.Dense(1)]))


def missing_attribute():
    class Typo(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dens = layers.Dense(2)

        def call(self, inputs):
            return self.dense(inputs)

    return _compiled(keras.Sequential([Typo(name="typo"), layers.Dense(1)]))


def wrong_call_argument():
    class Wants(layers.Layer):
        def call(self, inputs, mask_of):
            return inputs * mask_of

    return _compiled(keras.Sequential([Wants(name="wants"), layers.Dense(1)]))


def unknown_activation():
    return _compiled(keras.Sequential([layers.Dense(4, activation="gleu", name="d")]))


def keras2_argument():
    x = keras.Input((8,))
    y = layers.Dense(1, name="old", weights=[None], input_length=3)(x)
    return _compiled(keras.Model(x, y))


def gives_no_model():
    return None
