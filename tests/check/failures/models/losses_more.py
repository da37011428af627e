"""More models whose targets, losses and metrics do not fit, written after the rules."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers


def _two_heads(**compiled):
    x = keras.Input((8,))
    outputs = {"age": layers.Dense(1, name="age")(x), "sex": layers.Dense(2, name="sex")(x)}
    model = keras.Model(x, outputs)
    model.compile(optimizer="adam", **compiled)
    return model


def metric_of_unknown_output():
    return _two_heads(loss="mse", metrics={"age": ["mae"], "gender": ["mae"]})


def targets_of_other_names():
    return _two_heads(loss={"age": "mse", "sex": "mse"})


def three_losses_for_two():
    x = keras.Input((8,))
    model = keras.Model(x, [layers.Dense(1, name="age")(x), layers.Dense(2, name="sex")(x)])
    model.compile(optimizer="adam", loss=["mse", "mae", "mse"])
    return model


def no_targets_at_all():
    model = keras.Sequential([keras.Input((8,)), layers.Dense(1, name="score")])
    model.compile(optimizer="adam", loss="mse")
    return model


def ctc_of_vectors():
    x = keras.Input((12, 6))
    model = keras.Model(x, layers.Dense(5, activation="softmax", name="letters")(x))
    model.compile(optimizer="adam", loss="ctc")
    return model


class Trainer(keras.Model):
    def __init__(self, loss):
        super().__init__()
        self.head = layers.Dense(5, name="head")
        self.measure = loss

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data[:2]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.measure(y, self(x)))
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return {"loss": loss}


def _trained_with(loss):
    model = Trainer(loss)
    model.compile(optimizer="adam")
    return model


def loss_object_in_train_step():
    return _trained_with(keras.losses.CategoricalCrossentropy(from_logits=True))


def function_in_train_step():
    return _trained_with(keras.losses.mean_absolute_error)


def raw_sparse_loss():
    def raw(y_true, y_pred):
        return tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(y_true, tf.int32), y_pred)

    model = keras.Sequential([layers.Dense(5, name="logits")])
    model.compile(optimizer="adam", loss=raw)
    return model


def unpacks_missing_target():
    class Wants(Trainer):
        def train_step(self, data):
            x, y = data
            return super().train_step((x, y))

    model = Wants(keras.losses.mean_squared_error)
    model.compile(optimizer="adam")
    return model


def class_of_loss_with_own_call():
    class Margin(keras.losses.Loss):
        def call(self, y_true, y_pred):
            best = tf.reduce_max(y_pred * (1.0 - y_true), axis=-1)
            right = tf.reduce_sum(y_pred * y_true, axis=-1)
            return tf.maximum(0.0, 1.0 + best - right)

    model = keras.Sequential([layers.Dense(7, name="scores")])
    model.compile(optimizer="adam", loss=Margin(name="margin"))
    return model


def dice_class_count():
    x = keras.Input((16, 16, 3))
    model = keras.Model(x, layers.Conv2D(4, 1, activation="softmax", name="mask")(x))
    model.compile(optimizer="adam", loss=keras.losses.Dice())
    return model


def kld_of_unequal():
    model = keras.Sequential([layers.Dense(5, activation="softmax", name="topics")])
    model.compile(optimizer="adam", loss="kl_divergence")
    return model


def unknown_metric_name():
    model = keras.Sequential([layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse", metrics=["r2"])
    return model


def tversky_without_channel():
    x = keras.Input((16, 16, 3))
    model = keras.Model(x, layers.Conv2D(2, 1, activation="softmax", name="mask")(x))
    model.compile(optimizer="adam", loss=keras.losses.BinaryFocalCrossentropy())
    return model
