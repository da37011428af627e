"""More models whose shapes cannot fit, written after the rules."""

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


class Applied(layers.Layer):
    """A layer that only calls a function."""

    def __init__(self, function, **kwargs):
        super().__init__(**kwargs)
        self.function = function

    def call(self, inputs):
        return self.function(inputs)


def _around(function, name):
    return _compiled(
        keras.Sequential([layers.Dense(8), Applied(function, name=name), layers.Dense(1)])
    )


def vit_patches():
    x = keras.Input((30, 30, 3))
    y = Applied(lambda t: tf.reshape(t, (-1, 16, 192)), name="patchify")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def distributed_over_nothing():
    return _compiled(
        keras.Sequential([layers.TimeDistributed(layers.Dense(4), name="each"), layers.Dense(1)])
    )


def attention_mask_of_other_length():
    class Block(keras.Model):
        def __init__(self):
            super().__init__()
            self.attend = layers.MultiHeadAttention(2, 4, name="attend")
            self.out = layers.Dense(1, name="out")

        def call(self, inputs):
            mask = tf.ones((4, 12, 12), tf.bool)
            return self.out(self.attend(inputs, inputs, attention_mask=mask))

    return _compiled(Block())


def norm_of_missing_axis():
    x = keras.Input((10, 8))
    y = layers.LayerNormalization(axis=3, name="norm")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def stack_of_unequal():
    return _around(lambda t: tf.stack([t[:, :4], t[:, 4:7]]), "stacked")


def broadcast_to_other():
    return _around(lambda t: tf.broadcast_to(t, (4, 12)), "spread")


def transposed_too_far():
    return _around(lambda t: tf.transpose(t, (0, 2, 1)), "swapped")


def column_out_of_bounds():
    return _around(lambda t: t[:, 12:13] + t[:, 12], "columns")


def squeezed_wrongly():
    return _around(lambda t: tf.squeeze(t, 1), "squeezed")


def raw_filter_depth():
    class Filter(layers.Layer):
        def build(self, shape):
            self.kernel = self.add_weight(shape=(3, 3, 4, 8), name="kernel")

        def call(self, inputs):
            return tf.nn.conv2d(inputs, self.kernel, 1, "SAME")

    x = keras.Input((8, 8, 3))
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(Filter(name="filtered")(x)))))


def flatten_of_free_size():
    x = keras.Input((None, None, 3))
    y = layers.Flatten(name="flat")(layers.Conv2D(4, 3)(x))
    return _compiled(keras.Model(x, layers.Dense(1, name="top")(y)))


def too_small_for_application():
    base = keras.applications.VGG16(include_top=False, weights=None, input_shape=(20, 20, 3))
    y = layers.GlobalAveragePooling2D()(base.output)
    return _compiled(keras.Model(base.input, layers.Dense(1)(y)))


def image_unpacked():
    class Pixels(layers.Layer):
        def call(self, inputs):
            batch, height, width, channels = inputs.shape
            return tf.reshape(inputs, (batch, height * width, channels))

    return _compiled(keras.Sequential([Pixels(name="pixels"), layers.Dense(1)]))


def vector_matmul():
    return _around(lambda t: tf.matmul(t, tf.ones((8,))), "projected")


def stateful_other_batch():
    x = keras.Input(batch_shape=(16, 5, 3))
    y = layers.LSTM(8, stateful=True, name="stream")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(y)))


def gather_of_batches():
    return _around(lambda t: tf.gather(t, tf.zeros((3, 2), tf.int32), batch_dims=1), "gathered")


def autoencoder_grows():
    x = keras.Input((28, 28, 1))
    y = layers.Conv2D(4, 3, strides=4, padding="same", name="encode")(x)
    y = layers.Conv2DTranspose(1, 3, strides=4, padding="valid", name="decode")(y)
    return _compiled(keras.Model(x, y))


def signature_of_other_rank():
    @tf.function(input_signature=[tf.TensorSpec((None, 4, 4), tf.float32)])
    def pooled(x):
        return tf.reduce_mean(x, 1)

    return pooled


def positions_longer_than_text():
    class Positions(layers.Layer):
        def build(self, shape):
            self.table = self.add_weight(shape=(16, 8), name="table")

        def call(self, inputs):
            return inputs + self.table[: inputs.shape[1]]

    x = keras.Input((20,), dtype="int32")
    y = Positions(name="positions")(layers.Embedding(30, 8)(x))
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def weights_given_in_other_shape():
    layer = layers.Dense(4, name="pretrained")
    model = keras.Sequential([keras.Input((8,)), layer, layers.Dense(1)])
    layer.set_weights([np.ones((6, 4)), np.zeros(4)])
    return _compiled(model)


def permuted_images():
    x = keras.Input((8, 8))
    y = layers.Permute((3, 1, 2), name="permute")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def loop_that_grows():
    def grown(t):
        rows = t[:, :1]
        step = tf.constant(0)

        def body(at, held):
            return at + 1, tf.concat([held, t[:, :1]], 1)

        return tf.while_loop(lambda at, held: at < 3, body, (step, rows))[1]

    return _around(grown, "loop")
