"""More models with Python and state in the wrong place, or written for another Keras."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from shapes_more import _around, _compiled


def item_assigned():
    def zeroed(t):
        t[:, 0] = 0.0
        return t

    return _around(zeroed, "zeroed")


def constant_of_tensor():
    return _around(lambda t: tf.constant(t) * 2.0, "frozen")


def half_of_unknown_length():
    x = keras.Input((None, 8))

    class Half(layers.Layer):
        def call(self, inputs):
            return inputs[:, : inputs.shape[1] // 2]

    y = Half(name="half")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(layers.GlobalAveragePooling1D()(y))))


def largest_by_python():
    return _around(lambda t: t / max(t), "scaled")


def array_of_tensors():
    return _around(lambda t: np.array([t, t]), "pair")


def range_over_tensor():
    def summed(t):
        total = t
        for _ in range(tf.cast(tf.reduce_max(t), tf.int32)):
            total += t
        return total

    return _around(summed, "summed")


def value_of_keras_tensor():
    x = keras.Input((8,))
    y = layers.Dense(4)(x)
    scale = float(y[0, 0])
    return _compiled(keras.Model(x, layers.Dense(1)(y * scale)))


def numpy_of_keras_tensor():
    x = keras.Input((8,))
    y = layers.Dense(4)(x)
    return _compiled(keras.Model(x, layers.Dense(1)(np.tanh(y))))


def kept_tensor():
    class Memory(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.kept = []

        def call(self, inputs):
            self.kept.append(inputs)
            return tf.add_n([tf.reduce_mean(one, 0) for one in self.kept]) + inputs

    x = keras.Input((8,))
    return _compiled(keras.Model(x, layers.Dense(1)(Memory(name="memory")(x))))


def dropout_made_in_call():
    class Noisy(layers.Layer):
        def call(self, inputs):
            return layers.Dropout(0.5)(inputs, training=True)

    return _compiled(keras.Sequential([layers.Dense(8), Noisy(name="noisy"), layers.Dense(1)]))


def keras_variable_in_call():
    return _around(lambda t: t + keras.Variable(np.zeros(8, "float32")), "offset")


def network_made_in_function():
    @tf.function
    def predicted(x):
        return keras.Sequential([layers.Dense(4), layers.Dense(1)])(x)

    return predicted


def one_optimizer_for_both():
    class Gan(keras.Model):
        def __init__(self):
            super().__init__()
            self.maker = keras.Sequential([keras.Input((8,)), layers.Dense(8)], name="maker")
            self.judge = keras.Sequential([keras.Input((8,)), layers.Dense(1)], name="judge")
            self.shared = keras.optimizers.Adam(name="shared")

        def call(self, inputs):
            return self.judge(inputs)

        def train_step(self, data):
            x = data[0] if isinstance(data, tuple) else data
            for part in (self.maker, self.judge):
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(self.judge(self.maker(x)))
                gradients = tape.gradient(loss, part.trainable_variables)
                self.shared.apply_gradients(zip(gradients, part.trainable_variables))
            return {"loss": loss}

    model = Gan()
    model.compile(optimizer="adam")
    return model


def cudnn_without_reset():
    x = keras.Input((6, 4))
    y = layers.GRU(8, reset_after=False, use_cudnn=True, name="fast")(x)
    return _compiled(keras.Model(x, layers.Dense(1)(y)))


def short_learning_rate():
    model = keras.Sequential([layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(lr=0.1), loss="mse")
    return model


def legacy_optimizer():
    model = keras.Sequential([layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.legacy.Adam(), loss="mse")
    return model


def experimental_layers():
    return _compiled(
        keras.Sequential([layers.experimental.preprocessing.Rescaling(2.0), layers.Dense(1)])
    )


def session_of_old():
    with tf.Session() as session:
        return session


def weights_of_other_model():
    with tempfile.TemporaryDirectory() as folder:
        other = keras.Sequential([keras.Input((8,)), layers.Dense(6), layers.Dense(1)])
        other.save_weights(f"{folder}/other.weights.h5")
        model = keras.Sequential([keras.Input((8,)), layers.Dense(5), layers.Dense(1)])
        model.load_weights(f"{folder}/other.weights.h5")
    return _compiled(model)


def package_not_here():
    import tensorflow_of_somebody_else  # noqa: F401

    return None


def file_not_here():
    return _compiled(keras.models.load_model("not_here.keras"))


def plain_slip():
    widths = {"small": 4}
    return _compiled(keras.Sequential([layers.Dense(widths["large"])]))
