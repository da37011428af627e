"""Models whose targets, losses and metrics do not fit one another."""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers


def _network(outputs=10, activation="softmax"):
    x = keras.Input((8,), name="features")
    y = layers.Dense(outputs, activation=activation, name="classes")(layers.Dense(16)(x))
    return keras.Model(x, y)


def binary_loss_on_classes():
    model = _network()
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model


def classes_counted_wrong():
    model = _network(10)
    model.compile(optimizer="adam", loss=keras.losses.CategoricalCrossentropy())
    return model


def segmentation_one_hot():
    x = keras.Input((16, 16, 3))
    y = layers.Conv2D(5, 1, activation="softmax", name="mask")(x)
    model = keras.Model(x, y)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy())
    return model


def segmentation_other_size():
    x = keras.Input((16, 16, 3))
    y = layers.Conv2D(5, 3, strides=2, padding="same", name="mask")(x)
    model = keras.Model(x, y)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


def _two_heads():
    x = keras.Input((8,))
    outputs = {"age": layers.Dense(1, name="age")(x), "sex": layers.Dense(2, name="sex")(x)}
    return keras.Model(x, outputs)


def loss_of_unknown_output():
    model = _two_heads()
    model.compile(optimizer="adam", loss={"age": "mse", "gender": "mse"})
    return model


def two_losses_one_target():
    x = keras.Input((8,))
    model = keras.Model(x, [layers.Dense(1, name="age")(x), layers.Dense(2, name="sex")(x)])
    model.compile(optimizer="adam", loss=["mse", "mse"])
    return model


def huber_other_width():
    model = _network(3, None)
    model.compile(optimizer="adam", loss="huber")
    return model


def focal_loss_sparse_labels():
    def focal(y_true, y_pred):
        p = tf.reduce_sum(y_true * y_pred, axis=-1)
        return -tf.pow(1.0 - p, 2.0) * tf.math.log(p + 1e-7)

    model = _network(10)
    model.compile(optimizer="adam", loss=focal)
    return model


def dice_other_classes():
    def dice(y_true, y_pred):
        shared = tf.reduce_sum(y_true * y_pred, axis=(1, 2))
        return 1.0 - 2.0 * shared / tf.reduce_sum(y_true + y_pred, axis=(1, 2))

    x = keras.Input((16, 16, 3))
    model = keras.Model(x, layers.Conv2D(5, 1, activation="softmax", name="mask")(x))
    model.compile(optimizer="adam", loss=dice)
    return model


def auc_on_classes():
    model = _network(10)
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=[keras.metrics.Recall(name="recall")],
    )
    return model


def f1_on_ids():
    model = _network(10)
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=[keras.metrics.F1Score(name="f1")],
    )
    return model


def nothing_to_learn_from():
    return _unlossy(_network(1, None))


def _unlossy(model):
    model.compile(optimizer="sgd")
    return model


def sparse_loss_in_train_step():
    class Trainer(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(10, name="head")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data[:2]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(
                    keras.losses.sparse_categorical_crossentropy(y, self(x), from_logits=True)
                )
            variables = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            return {"loss": loss}

    model = Trainer()
    model.compile(optimizer="adam")
    return model


def cosine_of_sequences():
    x = keras.Input((12, 6))
    model = keras.Model(x, layers.LSTM(4, name="last")(x))
    model.compile(optimizer="adam", loss="cosine_similarity")
    return model


def sequence_labels_single_output():
    x = keras.Input((12,), dtype="int32")
    y = layers.LSTM(16, name="reader")(layers.Embedding(50, 8)(x))
    model = keras.Model(x, layers.Dense(7, activation="softmax", name="tags")(y))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def unknown_loss_name():
    model = _network()
    model.compile(optimizer="adam", loss="cross_entropy")
    return model
