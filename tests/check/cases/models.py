# mypy: ignore-errors
"""Models that fail, each beside a twin that runs; `cases.jsonl` says with what they are fed."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def compiled(inputs, outputs, loss="mse"):
    model = keras.Model(inputs, outputs)
    model.compile("adam", loss)
    return model


class Apply(layers.Layer):
    """A layer that applies a function to its input, as a user's own layer would."""

    def __init__(self, function, **options):
        super().__init__(**options)
        self.function = function

    def call(self, x):
        return self.function(x)


def residual(shortcut_strides):
    images = keras.Input((16, 16, 3))
    main = layers.Conv2D(8, 3, strides=2, padding="same")(images)
    short = layers.Conv2D(8, 1, strides=shortcut_strides)(images)
    joined = layers.Add(name="join")([main, short])
    return compiled(images, layers.Dense(1)(layers.GlobalAveragePooling2D()(joined)))


def residual_of_two_sizes():
    return residual(1)


def residual_of_one_size():
    return residual(2)


class Positions(layers.Layer):
    def __init__(self, length, **options):
        super().__init__(**options)
        self.table = self.add_weight(shape=(length, 8), name="table")

    def call(self, x):
        return x + self.table


def positions(length):
    ids = keras.Input((None,), dtype="int32")
    x = Positions(length, name="positions")(layers.Embedding(50, 8)(ids))
    return compiled(ids, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))


def too_few_positions():
    return positions(16)


def enough_positions():
    return positions(24)


def classifier(classes, loss, activation="softmax"):
    features = keras.Input((8,))
    return compiled(features, layers.Dense(classes, activation=activation)(features), loss)


def one_hot_of_other_classes():
    return classifier(4, "categorical_crossentropy")


def one_hot_of_same_classes():
    return classifier(5, "categorical_crossentropy")


def binary_loss_on_three_units():
    return classifier(3, "binary_crossentropy", "sigmoid")


def binary_loss_on_one_unit():
    return classifier(1, "binary_crossentropy", "sigmoid")


def ten_classes():
    return classifier(10, "sparse_categorical_crossentropy")


def with_function(function, name, shape=(8,), **options):
    inputs = keras.Input(shape)
    hidden = layers.Dense(8, **options)(inputs)
    changed = Apply(function, name=name, **options)(hidden)
    return compiled(inputs, layers.Dense(1, **options)(layers.Flatten()(changed)))


def matmul_of_two_dtypes():
    return with_function(lambda x: x @ tf.eye(8, dtype=tf.float64), "project")


def matmul_of_one_dtype():
    return with_function(lambda x: x @ tf.eye(8, dtype=x.dtype), "project")


def numpy_on_a_tensor():
    return with_function(lambda x: x - np.mean(x), "centre")


def tensorflow_on_a_tensor():
    return with_function(lambda x: x - tf.reduce_mean(x), "centre")


def float_of_a_tensor():
    def loss(truth, told):
        return tf.reduce_mean(tf.square(truth - told)) * float(tf.reduce_max(truth))

    features = keras.Input((8,))
    return compiled(features, layers.Dense(1)(features), loss)


def no_float_of_a_tensor():
    def loss(truth, told):
        return tf.reduce_mean(tf.square(truth - told)) * tf.reduce_max(truth)

    features = keras.Input((8,))
    return compiled(features, layers.Dense(1)(features), loss)


class Late(layers.Layer):
    def call(self, x):
        return layers.Dense(4)(x)


class Early(layers.Layer):
    def __init__(self, **options):
        super().__init__(**options)
        self.inner = layers.Dense(4)

    def call(self, x):
        return self.inner(x)


def layer_made_in_call():
    features = keras.Input((8,))
    return compiled(features, layers.Dense(1)(Late(name="late")(features)))


def layer_made_before():
    features = keras.Input((8,))
    return compiled(features, layers.Dense(1)(Early(name="early")(features)))


def hard_threshold():
    features = keras.Input((8,))
    hidden = layers.Dense(4)(features)
    return compiled(features, Apply(lambda x: tf.cast(x > 0.0, tf.float32), name="step")(hidden))


def soft_threshold():
    features = keras.Input((8,))
    return compiled(features, Apply(tf.sigmoid, name="step")(layers.Dense(4)(features)))


def singular_values():
    matrices = keras.Input((4, 4))
    found = Apply(lambda x: tf.linalg.svd(x, compute_uv=False), name="spectrum")(matrices)
    return compiled(matrices, layers.Dense(1)(found))


def singular_values_in_float32():
    def spectrum(x):
        return tf.cast(tf.linalg.svd(tf.cast(x, tf.float32), compute_uv=False), x.dtype)

    matrices = keras.Input((4, 4))
    return compiled(matrices, layers.Dense(1)(Apply(spectrum, name="spectrum")(matrices)))


def volumes(dtype):
    scans = keras.Input((8, 8, 8, 1))
    x = layers.Conv3D(4, 3)(scans)
    x = layers.AveragePooling3D(2, name="shrink", dtype=dtype)(x)
    return compiled(scans, layers.Dense(1)(layers.Flatten()(x)))


def volumes_averaged_in_half():
    return volumes(None)


def volumes_averaged_in_float32():
    return volumes("float32")


def pooled(function, shape):
    images = keras.Input(shape)
    x = Apply(function, name="pool")(images)
    return compiled(images, layers.Dense(1)(layers.Flatten()(x)))


def average_of_channels_first():
    def pool(x):
        return tf.nn.avg_pool2d(x, 2, 2, "VALID", data_format="NCHW")

    return pooled(pool, (3, 12, 12))


def average_of_channels_last():
    def pool(x):
        x = tf.transpose(x, [0, 2, 3, 1])
        return tf.transpose(tf.nn.avg_pool2d(x, 2, 2, "VALID"), [0, 3, 1, 2])

    return pooled(pool, (3, 12, 12))


def words(rows):
    ids = keras.Input((6,), dtype="int32")
    x = layers.GlobalAveragePooling1D()(layers.Embedding(rows, 4, name="words")(ids))
    return compiled(ids, layers.Dense(1)(x))


def hundred_words():
    return words(100)


def two_hundred_words():
    return words(200)


def python_inside():
    def plain(x):
        return tf.ensure_shape(tf.numpy_function(np.tanh, [x], tf.float32), (None, 8))

    features = keras.Input((8,))
    changed = Apply(plain, name="plain")(features)
    return compiled(features, layers.Dense(1)(changed))


def no_python_inside():
    features = keras.Input((8,))
    return compiled(features, layers.Dense(1)(Apply(tf.tanh, name="plain")(features)))


def logarithm(offset):
    features = keras.Input((8,))
    logged = Apply(lambda x: tf.math.log(x + offset), name="logged")(features)
    return compiled(features, layers.Dense(1)(logged))


def logarithm_of_zero():
    return logarithm(0.0)


def logarithm_of_little():
    return logarithm(1e-3)


def two_outputs():
    features = keras.Input((8,))
    return compiled(features, [layers.Dense(1, name="a")(features), layers.Dense(2)(features)])


def strided_by_three():
    images = keras.Input((20, 20, 3))
    x = layers.Conv2D(4, 5, strides=3)(images)
    return compiled(images, layers.Dense(1)(layers.Flatten()(x)))


def bytes_of_images():
    images = keras.Input((12, 12, 3), dtype="uint8")
    x = layers.Conv2D(4, 3)(layers.Rescaling(1 / 255)(images))
    out = layers.Dense(3, activation="softmax")(layers.Flatten()(x))
    return compiled(images, out, "sparse_categorical_crossentropy")
