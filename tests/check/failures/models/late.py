"""The last models: layers, losses and Python as they are met in the wild."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras, numpy as np, tensorflow as tf
from keras import layers


def _fit(model, loss="mse", **more):
    model.compile(optimizer="adam", loss=loss, **more)
    return model


class F(layers.Layer):
    def __init__(self, f, **k):
        super().__init__(**k)
        self.f = f

    def call(self, x):
        return self.f(x)


def around(f, name, width=8):
    return _fit(keras.Sequential([layers.Dense(width), F(f, name=name), layers.Dense(1)]))


def wavenet_causal():
    x = keras.Input((20, 2))
    y = layers.Conv1D(8, 3, padding="causal", dilation_rate=2, strides=2, name="causal")(x)
    return _fit(keras.Model(x, layers.Dense(1)(layers.GlobalAveragePooling1D()(y))))


def se_block():
    x = keras.Input((8, 8, 6))
    s = layers.GlobalAveragePooling2D()(x)
    s = layers.Dense(4, activation="sigmoid", name="squeeze")(s)
    y = layers.Multiply(name="excite")([x, layers.Reshape((1, 1, 4))(s)])
    return _fit(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def pixel_shuffle():
    return _fit(
        keras.Sequential(
            [
                layers.Conv2D(10, 3, padding="same"),
                F(lambda t: tf.nn.depth_to_space(t, 2), name="shuffle"),
                layers.Flatten(),
                layers.Dense(1),
            ]
        )
    )


def crf_transitions():
    class Crf(layers.Layer):
        def build(self, shape):
            self.t = self.add_weight(shape=(5, 5), name="transitions")

        def call(self, x):
            return x[:, 1:] + tf.linalg.matvec(self.t, x[:, :-1])

    return _fit(keras.Sequential([layers.Dense(6), Crf(name="crf"), layers.Dense(1)]))


def cross_attention_value():
    q, v = keras.Input((5, 8), name="q"), keras.Input((7, 8), name="v")
    k = keras.Input((9, 8), name="k")
    y = layers.MultiHeadAttention(2, 4, name="cross")(q, v, k)
    return _fit(keras.Model([q, v, k], layers.Dense(1)(layers.Flatten()(y))))


def rnn_initial_state():
    x = keras.Input((6, 4))
    h = keras.Input((5,), name="state")
    y = layers.GRU(8, name="decoder")(x, initial_state=h)
    return _fit(keras.Model([x, h], layers.Dense(1)(y)))


def bidirectional_merge():
    x = keras.Input((6, 4))
    y = layers.Bidirectional(layers.LSTM(8, return_sequences=True), merge_mode=None, name="both")(x)
    return _fit(keras.Model(x, layers.Dense(1, name="top")(y)))


def normalization_adapted():
    n = layers.Normalization(name="norm")
    n.adapt(np.random.rand(10, 5).astype("float32"))
    return _fit(keras.Sequential([n, layers.Dense(1)]))


def unfold_patches():
    return _fit(
        keras.Sequential(
            [
                F(
                    lambda t: (
                        tf.space_to_depth(t, 3)
                        if hasattr(tf, "space_to_depth")
                        else tf.nn.space_to_depth(t, 3)
                    ),
                    name="unfold",
                ),
                layers.Flatten(),
                layers.Dense(1),
            ]
        )
    )


def center_loss():
    def center(y, p):
        return tf.reduce_sum(tf.square(p - tf.gather(tf.ones((10, 6)), tf.cast(y, tf.int32))), -1)

    return _fit(keras.Sequential([layers.Dense(4, name="features")]), center)


def ordinal_loss():
    def ordinal(y, p):
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=p)

    return _fit(keras.Sequential([layers.Dense(4, name="ranks")]), ordinal)


def two_output_metrics():
    x = keras.Input((8,))
    m = keras.Model(x, [layers.Dense(1, name="a")(x), layers.Dense(1, name="b")(x)])
    return _fit(m, ["mse", "mse"], metrics=["mae"])


def sample_weights_missing():
    class M(keras.Model):
        def __init__(self):
            super().__init__()
            self.d = layers.Dense(1)

        def call(self, x):
            return self.d(x)

        def train_step(self, data):
            x, y, w = data
            with tf.GradientTape() as t:
                l = tf.reduce_mean(w * tf.square(self(x) - y))
            self.optimizer.apply_gradients(
                zip(t.gradient(l, self.trainable_variables), self.trainable_variables)
            )
            return {"loss": l}

    m = M()
    m.compile(optimizer="adam")
    return m


def regression_on_strings():
    return _fit(keras.Sequential([layers.Dense(1)]))


def complex_spectrum_dense():
    return around(lambda t: tf.signal.fft(tf.cast(t, tf.complex64)) + t, "spectral")


def half_lstm_cell():
    class Cell(layers.Layer):
        state_size = 4

        def build(self, s):
            self.k = self.add_weight(shape=(s[-1], 4), dtype="float32", name="k", autocast=False)

        def call(self, x, states):
            h = tf.matmul(x, self.k) + states[0]
            return h, [h]

    x = keras.Input((5, 3))
    y = layers.RNN(Cell(name="cell"), name="rnn")(x)
    return _fit(keras.Model(x, layers.Dense(1)(y)))


def int_embedding_of_float():
    class E(layers.Layer):
        def build(self, s):
            self.t = self.add_weight(shape=(9, 4), name="t")

        def call(self, x):
            return tf.nn.embedding_lookup(self.t, x)

    return _fit(keras.Sequential([E(name="lookup"), layers.Flatten(), layers.Dense(1)]))


def pow_of_ints():
    return around(lambda t: tf.pow(t, tf.constant(2)), "power")


def clip_to_ints():
    return around(lambda t: tf.clip_by_value(t, tf.constant(0), tf.constant(6)), "clip")


def moving_threshold():
    return _fit(
        keras.Sequential(
            [layers.Dense(3), F(lambda t: tf.cast(t > tf.reduce_mean(t), tf.float32), name="above")]
        )
    )


def searchsorted_bins():
    return _fit(
        keras.Sequential(
            [
                layers.Dense(3),
                F(
                    lambda t: tf.cast(
                        tf.searchsorted(tf.constant([0.0, 1.0, 2.0]), tf.reshape(t, [-1])),
                        tf.float32,
                    ),
                    name="bins",
                ),
                layers.Reshape((1,)),
            ]
        ),
        "mse",
    )


def bitcast_float():
    return _fit(
        keras.Sequential(
            [
                layers.Dense(3),
                F(lambda t: tf.cast(tf.bitcast(t, tf.int32), tf.float32), name="raw_bits"),
            ]
        )
    )


def nearest_code():
    return _fit(
        keras.Sequential(
            [layers.Dense(3), F(lambda t: tf.math.floormod(tf.round(t), 4.0), name="wrap")]
        )
    )


def string_features():
    return _fit(
        keras.Sequential(
            [
                layers.Dense(3),
                F(lambda t: tf.strings.to_number(tf.strings.as_string(t)), name="text"),
            ]
        )
    )


def while_python():
    def f(t):
        n = 0
        while tf.reduce_sum(t) > n:
            n += 1
        return t * n

    return around(f, "until")


def assert_python():
    def f(t):
        assert tf.reduce_min(t) >= 0
        return t

    return around(f, "nonnegative")


def list_of_rows():
    return around(lambda t: tf.stack([r for r in t]), "rows")


def cv_resize():
    return around(lambda t: np.array(t).reshape(-1, 8), "host")


def scipy_like():
    return around(lambda t: np.linalg.norm(t, axis=1, keepdims=True) + t, "norms")


def np_where():
    return around(lambda t: np.where(t > 0, t, 0.0), "relu_np")


def np_clip():
    return around(lambda t: np.clip(t, 0.0, 1.0), "clip_np")


def tolist_of_tensor():
    return around(lambda t: tf.constant(t[0].tolist()) + t, "listed")


def table_in_call():
    def f(t):
        w = tf.compat.v1.get_variable("w", (8,))
        return t + w

    return around(f, "old_variable")


def batchnorm_in_call():
    return around(lambda t: layers.BatchNormalization()(t), "bn")


def optimizer_minimize():
    class M(keras.Model):
        def __init__(self):
            super().__init__()
            self.d = layers.Dense(1, name="d")

        def call(self, x):
            return self.d(x)

        def train_step(self, data):
            x, y = data
            opt = tf.keras.optimizers.Adam()
            loss = lambda: tf.reduce_mean(tf.square(self(x) - y))
            opt.minimize(loss, self.trainable_variables)
            return {"loss": loss()}

    m = M()
    m.compile(optimizer="adam")
    return m


def softmax_1d_groups():
    x = keras.Input((8, 8, 9))
    y = layers.GroupNormalization(groups=4, name="gn")(x)
    return _fit(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def conv_transpose_wrong_output_padding():
    x = keras.Input((8, 8, 3))
    y = layers.Conv2DTranspose(4, 3, strides=2, output_padding=2, name="up")(x)
    return _fit(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def two_inputs_function():
    @tf.function
    def add(a, b):
        return a + b

    return add
