"""Models whose steps fail, or do not, by the values of their batch alone."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

keras: Any = tf.keras
layers: Any = keras.layers


class Words(layers.Layer):  # type: ignore[misc]
    """Looks ids up in a table of 50 rows, after `prepare`."""

    def __init__(self, prepare: Any, **more: Any) -> None:
        super().__init__(**more)
        self._prepare = prepare

    def build(self, _shape: Any) -> None:
        self._table = self.add_weight(shape=(50, 4), name="table")

    def call(self, ids: Any) -> Any:
        return tf.gather(self._table, self._prepare(ids))


class Applied(layers.Layer):  # type: ignore[misc]
    """A function of a tensor as a layer."""

    def __init__(self, function: Any, **more: Any) -> None:
        super().__init__(**more)
        self._function = function

    def call(self, x: Any) -> Any:
        return self._function(x)


def _looked_up(prepare: Any) -> Any:
    ids = keras.Input((6,), dtype="int32")
    found = layers.Flatten()(Words(prepare, name="words")(ids))
    return _compiled(keras.Model(ids, layers.Dense(1)(found)), "mse")


def _compiled(model: Any, loss: Any) -> Any:
    model.compile("sgd", loss)
    return model


def ids() -> Any:
    return _looked_up(lambda ids: ids)


def ids_from_one() -> Any:
    return _looked_up(lambda ids: ids - 1)


def ids_of_a_hash() -> Any:
    return _looked_up(lambda ids: ids % 50)


def ids_clipped() -> Any:
    return _looked_up(lambda ids: tf.clip_by_value(ids, 0, 49))


def ids_through_floats() -> Any:
    return _looked_up(lambda ids: tf.cast(tf.cast(ids, "float32") * 2.0, "int32"))


def ids_wrapped() -> Any:
    return _looked_up(lambda ids: tf.where(ids < 0, ids + 50, ids))


def one_hot() -> Any:
    ids = keras.Input((), dtype="int32")
    hot = Applied(lambda ids: tf.one_hot(ids, 5), name="hot")(ids)
    return _compiled(keras.Model(ids, layers.Dense(1)(hot)), "mse")


def _classes(count: int, loss: Any = "sparse_categorical_crossentropy") -> Any:
    last = layers.Dense(count, activation="softmax", name="prob")
    return _compiled(keras.Sequential([keras.Input((8,)), last]), loss)


def five_classes() -> Any:
    return _classes(5)


def two_inputs_five_classes() -> Any:
    image, age = keras.Input((8,)), keras.Input((1,))
    classes = layers.Dense(5, activation="softmax")(layers.Concatenate()([image, age]))
    model = keras.Model([image, age], classes)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def one_class() -> Any:
    return _classes(1)


def ignoring_255() -> Any:
    return _classes(5, keras.losses.SparseCategoricalCrossentropy(ignore_class=255))


def _applied(function: Any, width: int = 8) -> Any:
    image = keras.Input((width,))
    applied = Applied(function, name="probe")(image)
    return _compiled(keras.Model(image, layers.Dense(1)(applied)), "mse")


def checks_pixels() -> Any:
    def checked(x: Any) -> Any:
        tf.debugging.assert_less_equal(tf.reduce_max(x), 1.0, message="pixels above 1")
        return x

    return _applied(checked)


def logarithm() -> Any:
    return _applied(tf.math.log)


def logarithm_of_positive() -> Any:
    return _applied(lambda x: tf.math.log(tf.maximum(x, 1e-7)))


def where_after_logarithm() -> Any:
    return _after_relu(lambda x: tf.where(x > 0, tf.math.log(x), 0.0))


def where_inside_logarithm() -> Any:
    return _after_relu(
        lambda x: tf.where(x > 0, tf.math.log(tf.where(x > 0, x, tf.ones_like(x))), 0.0)
    )


def _after_relu(function: Any) -> Any:
    image = keras.Input((8,))
    rectified = layers.Dense(16, activation="relu")(image)
    return _compiled(
        keras.Model(image, layers.Dense(1)(Applied(function, name="probe")(rectified))), "mse"
    )


def _distances(x: Any, epsilon: float) -> Any:
    apart = tf.expand_dims(x, 1) - tf.expand_dims(x, 0)
    return tf.reduce_sum(tf.sqrt(tf.reduce_sum(tf.square(apart), -1) + epsilon), -1, keepdims=True)


def _of_embedded(epsilon: float) -> Any:
    image = keras.Input((8,))
    embedded = layers.Dense(3)(image)
    far = Applied(lambda x: _distances(x, epsilon), name="far")(embedded)
    return _compiled(keras.Model(image, far), "mse")


def root_of_zero() -> Any:
    return _of_embedded(0.0)


def root_of_little() -> Any:
    return _of_embedded(1e-6)


def _masked(divisor: Any) -> Any:
    def masked(truth: Any, told: Any) -> Any:
        mask = tf.cast(truth > 0, "float32")
        return tf.reduce_sum(mask * tf.square(truth - told)) / divisor(tf.reduce_sum(mask))

    return _compiled(keras.Sequential([keras.Input((8,)), layers.Dense(1)]), masked)


def masked_loss() -> Any:
    return _masked(lambda count: count)


def masked_loss_guarded() -> Any:
    return _masked(lambda count: tf.maximum(count, 1.0))


def squares() -> Any:
    return _applied(tf.square)


def inverse() -> Any:
    image = keras.Input((4, 4))
    turned = Applied(tf.linalg.inv, name="turned")(image)
    return _compiled(keras.Model(image, layers.Dense(1)(layers.Flatten()(turned))), "mse")


def mirrored_too_far() -> Any:
    return _applied(lambda x: tf.pad(x, [[0, 0], [8, 8]], "REFLECT"))


def mirrored() -> Any:
    return _applied(lambda x: tf.pad(x, [[0, 0], [7, 7]], "REFLECT"))


def scattered_behind() -> Any:
    return _applied(lambda x: x + tf.reduce_sum(tf.scatter_nd([[0], [6]], x[:2], [6, 8])))


def kept_in_rows() -> Any:
    return _applied(lambda x: tf.reshape(tf.boolean_mask(x, (x > 0.5) & (x < 0.9)), (-1, 8)))


def kept_in_one_row() -> Any:
    return _applied(lambda x: tf.reduce_sum(tf.boolean_mask(x, x > 0.5)) + x)


def whole_division() -> Any:
    ids = keras.Input((6,), dtype="int32")
    rate = Applied(lambda ids: tf.cast(100 // ids, "float32"), name="rate")(ids)
    return _compiled(keras.Model(ids, layers.Dense(1)(rate)), "mse")


@tf.function  # type: ignore[untyped-decorator]
def function_of_scores(scores: Any, picks: Any) -> Any:
    return tf.gather(scores, picks)
