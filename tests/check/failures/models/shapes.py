"""Models whose shapes cannot fit; some have a twin, `…_right`, that runs."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers


def residual_strides(strides=2):
    x = keras.Input((16, 16, 8), name="image")
    y = layers.Conv2D(8, 3, strides=strides, padding="same", name="half")(x)
    y = layers.Add(name="skip")([x, y])
    return _compiled(keras.Model(x, layers.Dense(1)(layers.GlobalAveragePooling2D()(y))))


def residual_right():
    return residual_strides(1)


def dense_meets_other_width():
    class Tower(keras.Model):
        def __init__(self):
            super().__init__()
            self.kernel = self.add_weight(shape=(12, 4), name="kernel")

        def call(self, inputs):
            return tf.matmul(inputs, self.kernel)

    return _compiled(Tower())


def broken_reshape():
    x = keras.Input((28, 28, 1))
    y = layers.Reshape((14, 14, 5), name="patches")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def conv2d_on_sequence():
    return _compiled(
        keras.Sequential(
            [
                layers.Embedding(100, 16, name="words"),
                layers.Conv2D(8, 3, name="ngrams"),
                layers.GlobalAveragePooling2D(),
                layers.Dense(1),
            ]
        )
    )


def attention_widths():
    query, memory = keras.Input((6, 16), name="query"), keras.Input((9, 12), name="memory")
    y = layers.Attention(name="look")([query, memory])
    return _compiled(keras.Model([query, memory], layers.Dense(1)(layers.Flatten()(y))))


def dot_of_towers():
    user, item = keras.Input((8,), name="user"), keras.Input((8,), name="item")
    u = layers.Dense(32, name="user_tower")(user)
    i = layers.Dense(24, name="item_tower")(item)
    return _compiled(keras.Model([user, item], layers.Dot(axes=1, name="match")([u, i])))


def odd_skip_connection():
    class Decoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.down = layers.Conv2D(8, 3, strides=2, padding="same", name="down")
            self.up = layers.UpSampling2D(name="up")
            self.join = layers.Concatenate(name="join")
            self.out = layers.Conv2D(1, 1, name="out")

        def call(self, inputs):
            return self.out(self.join([inputs, self.up(self.down(inputs))]))

    return _compiled(Decoder())


def split_unevenly():
    class Heads(layers.Layer):
        def call(self, inputs):
            return tf.concat(tf.split(inputs, 3, axis=-1), axis=0)

    return _compiled(keras.Sequential([layers.Dense(10), Heads(name="heads"), layers.Dense(1)]))


def einsum_of_scores():
    class Mixer(layers.Layer):
        def build(self, shape):
            self.kernel = self.add_weight(shape=(7, 7), name="kernel")

        def call(self, inputs):
            return tf.einsum("btd,ds->bts", inputs, self.kernel)

    x = keras.Input((10, 8))
    y = Mixer(name="mixer")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def broadcast_mask():
    class Masked(layers.Layer):
        def call(self, inputs):
            return inputs * tf.ones((4, 5))

    return _compiled(keras.Sequential([layers.Dense(6), Masked(name="masked"), layers.Dense(1)]))


def rnn_on_flat_table():
    return _compiled(keras.Sequential([layers.GRU(8, name="memory"), layers.Dense(1)]))


def wrong_features():
    x = keras.Input((10,), name="table")
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Dense(16, name="first")(x))))


def three_inputs_two_given():
    parts = [keras.Input((4,), name=name) for name in ("left", "middle", "far")]
    return _compiled(keras.Model(parts, layers.Dense(1)(layers.Concatenate()(parts))))


def cropped_away():
    x = keras.Input((8, 8, 3))
    y = layers.Cropping2D(5, name="crop")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def tf_function_matmul():
    weights = tf.Variable(tf.ones((5, 3)), name="weights")

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.matmul(x, weights) - y))
        weights.assign_sub(tape.gradient(loss, weights))
        return loss

    return step


def gan_noise_width():
    class Gan(keras.Model):
        def __init__(self):
            super().__init__()
            self.generator = keras.Sequential(
                [keras.Input((16,)), layers.Dense(8, name="painter")], name="generator"
            )
            self.critic = keras.Sequential(
                [keras.Input((8,)), layers.Dense(1, name="judge")], name="critic"
            )

        def call(self, inputs):
            return self.critic(inputs)

        def train_step(self, data):
            real = data[0] if isinstance(data, tuple) else data
            noise = tf.random.normal((tf.shape(real)[0], 32))
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(self.critic(self.generator(noise)))
            variables = self.generator.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            return {"loss": loss}

    model = Gan()
    model.compile(optimizer="adam")
    return model


def _compiled(model):
    model.compile(optimizer="adam", loss="mse")
    return model
