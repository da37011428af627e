"""Steps, functions and layers of many kinds, each with one fault."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras, numpy as np, tensorflow as tf
from keras import layers, ops


def _fit(model, loss="mse", **more):
    model.compile(optimizer="adam", loss=loss, **more)
    return model


class Step(keras.Model):
    def __init__(self, **k):
        super().__init__(**k)
        self.net = layers.Dense(3, name="net")

    def call(self, x):
        return self.net(x)

    def loss_of(self, x, y):
        return tf.reduce_mean(tf.square(self(x) - y))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.loss_of(x, y)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}


def mixup_shapes():
    class M(Step):
        def loss_of(self, x, y):
            lam = tf.random.uniform((16, 1))
            return super().loss_of(lam * x + (1 - lam) * x[::-1], y)

    return _fit(M(name="mixup"))


def if_loss_small():
    class M(Step):
        def train_step(self, data):
            logs = super().train_step(data)
            if float(logs["loss"]) < 0.1:
                self.stop_training = True
            return logs

    return _fit(M(name="stopper"))


def ema_in_step():
    class M(Step):
        def train_step(self, data):
            logs = super().train_step(data)
            self.ema = tf.Variable(self.net.kernel)
            return logs

    return _fit(M(name="ema"))


def clip_none():
    class M(Step):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.stop_gradient(self(x)) - y)
            grads = [tf.clip_by_norm(g, 1.0) for g in tape.gradient(loss, self.trainable_variables)]
            self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
            return {"loss": loss}

    return _fit(M(name="clipper"))


def distill_width():
    class M(Step):
        def __init__(self):
            super().__init__(name="student")
            self.teacher = keras.Sequential(
                [keras.Input((8,)), layers.Dense(5, name="teacher_out")], name="teacher"
            )

        def loss_of(self, x, y):
            return tf.reduce_mean(tf.square(self(x) - self.teacher(x)))

    return _fit(M())


def kd_loss_object():
    class M(Step):
        kl = keras.losses.KLDivergence()

        def loss_of(self, x, y):
            return self.kl(tf.nn.softmax(y), tf.nn.softmax(self(x)))

    return _fit(M(name="kd"))


def penalty_int():
    class M(Step):
        def loss_of(self, x, y):
            return super().loss_of(x, y) + tf.size(x) * 1e-4

    return _fit(M(name="penalised"))


def ops_concat_rank():
    a, b = keras.Input((4,), name="a"), keras.Input((4, 2), name="b")
    return _fit(keras.Model([a, b], layers.Dense(1)(ops.concatenate([a, b], axis=-1))))


def ops_matmul_bad():
    a, b = keras.Input((4, 6), name="a"), keras.Input((5, 6), name="b")
    return _fit(keras.Model([a, b], ops.matmul(a, b)))


def ops_einsum_bad():
    a = keras.Input((4, 6), name="a")
    return _fit(keras.Model(a, ops.einsum("bij,bjk->bik", a, a)))


def lambda_shape():
    x = keras.Input((8,))
    y = layers.Lambda(lambda t: tf.reshape(t, (-1, 3, 3)), name="cube")(x)
    return _fit(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def zip_rows():
    x = keras.Input((8,))
    y = keras.Input((8,))

    class Z(layers.Layer):
        def call(self, pair):
            a, b = pair
            return tf.stack([p * q for p, q in zip(a, b)])

    return _fit(keras.Model([x, y], layers.Dense(1)(Z(name="zipped")([x, y]))))


def int_shape_none():
    x = keras.Input((None, 4))

    class Pos(layers.Layer):
        def call(self, t):
            return t + np.arange(t.shape[1])[None, :, None]

    return _fit(keras.Model(x, layers.Dense(1)(Pos(name="pos")(x))))


def tf_function_layer_grad():
    w = tf.Variable(tf.ones((8, 1)))

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(
                tf.image.adjust_saturation(
                    tf.reshape(x @ w, (1, 1, -1, 1)) * tf.ones((1, 1, 1, 3)), 0.5
                )
            )
        return tape.gradient(loss, w)

    return step


def tf_function_numpy():
    @tf.function
    def norm(x):
        return x / x.numpy().max()

    return norm


def tf_function_shape():
    @tf.function
    def joined(x):
        return tf.concat([x, tf.ones((3, 2))], 1)

    return joined


def tf_function_branch_dtype():
    @tf.function
    def branch(x):
        if tf.reduce_sum(x) > 0:
            y = tf.constant(1)
        else:
            y = tf.constant(1.0)
        return y

    return branch


def tf_function_undefined():
    @tf.function
    def late(x):
        if tf.reduce_sum(x) > 0:
            out = x * 2
        return out

    return late


def tf_function_loop_shape():
    @tf.function
    def grow(x):
        out = x
        for _ in tf.range(3):
            out = tf.concat([out, x], 0)
        return out

    return grow


def vocab_lookup():
    x = keras.Input((5,), dtype="string", name="words")
    y = layers.StringLookup(vocabulary=["a", "b"], name="ids")(x)
    return _fit(keras.Model(x, layers.Dense(1, name="top")(layers.LSTM(4, name="reader")(y))))


def discretized():
    return _fit(keras.Sequential([layers.Dense(3), layers.Discretization([0.0, 0.5], name="bins")]))


def hashing_floats():
    return _fit(
        keras.Sequential([keras.Input((8,)), layers.Dense(3), layers.Hashing(10, name="hash")])
    )


def category_encoding():
    return _fit(
        keras.Sequential(
            [
                keras.Input((8,)),
                layers.Dense(3, name="d"),
                layers.Lambda(lambda t: tf.one_hot(tf.cast(t[:, 0], tf.int32), 3), name="onehot"),
            ]
        ),
        "categorical_crossentropy",
    )


def wrong_axis_softmax():
    return _fit(keras.Sequential([layers.Dense(4), layers.Softmax(axis=2, name="probs")]))


def pooling_1d_on_image():
    return _fit(
        keras.Sequential(
            [
                layers.Conv2D(4, 3),
                layers.MaxPooling1D(2, name="halve"),
                layers.Flatten(),
                layers.Dense(1),
            ]
        )
    )


def repeat_vector_3d():
    return _fit(
        keras.Sequential(
            [
                layers.LSTM(4, return_sequences=True),
                layers.RepeatVector(3, name="again"),
                layers.Flatten(),
                layers.Dense(1),
            ]
        )
    )


def conv_lstm_rank():
    return _fit(
        keras.Sequential([layers.ConvLSTM2D(4, 3, name="video"), layers.Flatten(), layers.Dense(1)])
    )


def add_three():
    x = keras.Input((8,))
    y = layers.Average(name="mean")([layers.Dense(4)(x), layers.Dense(4)(x), layers.Dense(5)(x)])
    return _fit(keras.Model(x, layers.Dense(1)(y)))


def no_super_init():
    class L(layers.Layer):
        def __init__(self):
            self.d = layers.Dense(3)

        def call(self, x):
            return self.d(x)

    return _fit(keras.Sequential([L(), layers.Dense(1)]))
