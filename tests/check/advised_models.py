"""Models that run: those named `wrong_…` deserve a word, those named `right_…` none."""

# mypy: ignore-errors

import tensorflow as tf

keras = tf.keras
layers = keras.layers
Dense = layers.Dense


class Calls(layers.Layer):
    def __init__(self, function, **options):
        super().__init__(**options)
        self.function = function

    def call(self, inputs):
        return self.function(inputs)


def model(*parts, loss="mse", optimizer="adam", shape=(8,), dtype="float32", **options):
    made = keras.Sequential([keras.Input(shape, dtype=dtype), *parts])
    made.compile(optimizer, loss, **options)
    return made


def wrong_601_mse():
    return model(Dense(10))


def wrong_601_huber():
    return model(Dense(10), loss=keras.losses.Huber())


def wrong_601_poisson():
    return model(Dense(10, activation="softplus"), loss="poisson")


def wrong_601_custom():
    return model(Dense(10), loss=lambda y, p: tf.reduce_mean((y - p) ** 2, -1))


def right_column():
    return model(Dense(1))


def right_quantiles():
    q = tf.constant([[0.1, 0.5, 0.9]])
    return model(
        Dense(3), loss=lambda y, p: tf.reduce_mean(tf.maximum(q * (y - p), (q - 1) * (y - p)), -1)
    )


def right_mixture():
    def nll(y, p):
        mean, spread, weight = tf.split(p, 3, -1)
        told = tf.nn.log_softmax(weight) - spread - 0.5 * ((y - mean) / tf.exp(spread)) ** 2
        return -tf.reduce_logsumexp(told, -1)

    return model(Dense(15), loss=nll)


def right_pairs():
    def ranked(y, p):
        higher, better = p - tf.transpose(p), tf.sign(y - tf.transpose(y))
        return tf.reduce_mean(tf.nn.softplus(-higher * better))

    return model(Dense(1), loss=ranked)


def wrong_602_complex():
    return model(layers.Flatten(), Dense(1), dtype="complex64")


def right_magnitude():
    return model(Calls(tf.abs, name="magnitude"), Dense(1), dtype="complex64")


def right_spectrum():
    """The casts of its gradient go from complex to real, as they should."""
    return model(Calls(lambda x: tf.abs(tf.signal.rfft(x)), name="spectrum"), Dense(1))


def wrong_603_frozen():
    made = model(Dense(1))
    made.trainable = False
    made.compile("adam", "mse")
    return made


def right_half_frozen():
    made = model(Dense(8), Dense(1))
    made.layers[0].trainable = False
    made.compile("adam", "mse")
    return made


class TwoHeads(keras.Model):
    def __init__(self):
        super().__init__()
        self.used, self.unused = Dense(1, name="used"), Dense(3, name="unused")
        self.unused.build((None, 8))

    def call(self, inputs):
        return self.used(inputs)


def wrong_604_unused():
    made = TwoHeads()
    made.compile("adam", "mse")
    return made


def wrong_606_one_unit():
    return model(Dense(1, activation="softmax"), loss="mse")


def right_one_step_of_attention():
    entry = keras.Input((1, 8))
    attended = layers.MultiHeadAttention(2, 4)(entry, entry)
    made = keras.Model(entry, Dense(1)(layers.Flatten()(attended)))
    made.compile("adam", "mse")
    return made


def wrong_607_half():
    return model(Dense(8, dtype="float16"), Dense(1, dtype="float16"))


def right_scaled():
    optimizer = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.Adam())
    return model(Dense(8, dtype="mixed_float16"), Dense(1), optimizer=optimizer)


def right_bfloat16():
    return model(Dense(8, dtype="mixed_bfloat16"), Dense(1))


def wrong_608_logits():
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return model(Dense(1, activation="sigmoid"), loss=loss)


def right_logits():
    return model(Dense(1), loss=keras.losses.BinaryCrossentropy(from_logits=True))


def wrong_609_mask():
    return model(layers.Embedding(10, 4, mask_zero=True), layers.Flatten(), Dense(1), dtype="int32")


def wrong_610_hashing():
    return model(
        layers.Hashing(10), layers.Embedding(10, 4), layers.Flatten(), Dense(1), dtype="int32",
        jit_compile=True,
    )  # fmt: skip


def _classes(last, k=2, classes=3):
    metric = keras.metrics.SparseTopKCategoricalAccuracy(k)
    return model(
        Dense(classes, activation=last), loss="sparse_categorical_crossentropy", metrics=[metric]
    )


def wrong_611_top_five_of_three():
    return _classes("softmax", k=5)


def right_top_two_of_three():
    return _classes("softmax")


def wrong_613_no_softmax():
    return _classes(None)


def right_own_probabilities():
    def shares(x):
        x = tf.abs(x) + 0.1
        return x / tf.reduce_sum(x, -1, keepdims=True)

    return model(Dense(3), Calls(shares, name="shares"), loss="sparse_categorical_crossentropy")


def wrong_612_one_value():
    return model(Dense(8), layers.BatchNormalization(), Dense(1))


def wrong_612_one_pixel():
    return model(
        layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Flatten(), Dense(1),
        shape=(3, 3, 3),
    )  # fmt: skip


def right_pixels():
    return model(
        layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Flatten(), Dense(1),
        shape=(5, 5, 3),
    )  # fmt: skip


def right_instance():
    return model(Dense(8), layers.LayerNormalization(), Dense(1))
