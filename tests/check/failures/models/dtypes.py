"""Models in which dtypes meet that TensorFlow does not mix, or that an op does not take."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers


def _compiled(model):
    model.compile(optimizer="adam", loss="mse")
    return model


def raw_float32_weight_in_half():
    class Gate(layers.Layer):
        def build(self, shape):
            self.gate = tf.Variable(tf.ones((shape[-1],)), name="gate")

        def call(self, inputs):
            return tf.multiply(inputs, self.gate)

    x = keras.Input((8,))
    return _compiled(keras.Model(x, layers.Dense(1)(Gate(name="gating")(layers.Dense(8)(x)))))


def integer_matmul():
    class Projection(keras.Model):
        def __init__(self):
            super().__init__()
            self.kernel = self.add_weight(shape=(8, 2), name="kernel")

        def call(self, inputs):
            return tf.matmul(inputs, self.kernel)

        def __call__(self, inputs, training=False):
            return self.call(inputs)

    return _compiled(Projection())


def ids_times_float():
    class Scale(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(autocast=False, **kwargs)

        def call(self, inputs):
            return tf.cast(inputs, tf.int32) * 0.5

    return _compiled(keras.Sequential([Scale(name="scale"), layers.Dense(1)]))


def where_of_two_dtypes():
    class Clip(layers.Layer):
        def call(self, inputs):
            return tf.where(inputs > 0, inputs, tf.zeros((8,), tf.float64))

    return _compiled(keras.Sequential([layers.Dense(8), Clip(name="clip"), layers.Dense(1)]))


def square_root_of_counts():
    class Norm(layers.Layer):
        def call(self, inputs):
            counts = tf.cast(inputs, tf.int32)
            return tf.cast(tf.sqrt(counts), inputs.dtype)

    return _compiled(keras.Sequential([Norm(name="norm"), layers.Dense(1)]))


def fft_in_half():
    class Spectrum(layers.Layer):
        def call(self, inputs):
            return tf.abs(tf.signal.rfft(inputs))

    return _compiled(
        keras.Sequential([layers.Dense(16), Spectrum(name="spectrum"), layers.Dense(1)])
    )


def inverse_in_bfloat16():
    class Whiten(layers.Layer):
        def call(self, inputs):
            moments = tf.matmul(inputs, inputs, transpose_a=True)
            return tf.matmul(inputs, tf.linalg.inv(moments))

    x = keras.Input((6, 4))
    y = Whiten(name="whiten")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def concat_of_ids_and_floats():
    ids, values = keras.Input((4,), dtype="int32", name="ids"), keras.Input((4,), name="values")

    class Join(layers.Layer):
        def call(self, inputs):
            return tf.concat(inputs, axis=-1)

    y = Join(name="join", autocast=False)([ids, values])
    return _compiled(keras.Model([ids, values], layers.Dense(1)(y)))


def float_indices():
    class Pick(layers.Layer):
        def build(self, shape):
            self.table = self.add_weight(shape=(20, 4), name="table")

        def call(self, inputs):
            return tf.gather(self.table, inputs)

    x = keras.Input((5,), name="ids")
    y = Pick(name="pick")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def integer_images_in_tf_function():
    kernel = tf.Variable(tf.ones((3, 3, 3, 4)), name="kernel")

    @tf.function
    def features(images):
        return tf.nn.conv2d(images, kernel, 1, "SAME")

    return features


def labels_in_train_step():
    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(1, name="head")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data[:2]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(y - self(x)))
            variables = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            return {"loss": loss}

    model = Regressor()
    model.compile(optimizer="adam")
    return model
