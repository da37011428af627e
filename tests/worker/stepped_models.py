"""Models whose step fails when it really runs, each beside its twin that is repaired."""

# mypy: ignore-errors

import os
import time

import numpy as np
import tensorflow as tf

keras = tf.keras
layers = keras.layers


class Does(layers.Layer):
    """A layer out of a function, whose line is then the user's."""

    def __init__(self, function, **kwargs):
        super().__init__(**kwargs)
        self.function = function

    def call(self, inputs):
        return self.function(inputs)

    def compute_output_shape(self, shape):
        return shape


def net(*stack, loss="mse", size=(4,), **options):
    model = keras.Sequential([keras.Input(size), *stack])
    model.compile("sgd", loss, **options)
    return model


def dense(units=4, **options):
    return layers.Dense(units, kernel_initializer="ones", **options)


def classes(units):
    return net(dense(units, name="logits"), loss="sparse_categorical_crossentropy")


def too_few_classes():
    return classes(5)


def too_few_classes_fixed():
    return classes(10)


def table(rows):
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            layers.Embedding(rows, 3, name="words"),
            layers.Flatten(),
            dense(1),
        ]
    )
    model.compile("sgd", "mse")
    return model


def unknown_word():
    return table(50)


def unknown_word_fixed():
    return table(100)


def kept_rows(wide):
    def keeps(inputs):
        kept = tf.boolean_mask(inputs, tf.reduce_sum(inputs, axis=1) > 2.0)
        return kept + (tf.zeros_like(kept) if wide else tf.zeros_like(inputs)[:2])

    def all_again(inputs):
        return inputs + tf.stop_gradient(tf.reduce_sum(keeps(inputs)))

    return net(dense(), Does(all_again, name="keeps_some"))


def sizes_meet_late():
    return kept_rows(False)


def sizes_meet_late_fixed():
    return kept_rows(True)


def folded(width):
    def folds(inputs):
        kept = tf.boolean_mask(inputs, inputs > 0.0)
        return inputs + tf.reduce_sum(tf.reshape(kept, (-1, width)))

    return net(dense(), Does(folds, name="folds"))


def folds_unevenly():
    return folded(5)


def folds_unevenly_fixed():
    return folded(2)


def pooled(dtype):
    return net(
        layers.AveragePooling3D(2, dtype=dtype, name="pool"),
        layers.Flatten(),
        dense(1),
        size=(4, 4, 4, 1),
    )


def half_pool():
    return pooled("float16")


def half_pool_fixed():
    return pooled("float32")


def logs(epsilon):
    return net(
        dense(name="before"),
        layers.ReLU(max_value=0.0),
        Does(lambda x: tf.math.log(x + epsilon), name="logs"),
    )


def log_of_zero():
    return logs(0.0)


def log_of_zero_fixed():
    return logs(1e-6)


def standardised(epsilon):
    def scale(inputs):
        mean, variance = tf.nn.moments(inputs, axes=[0])
        return (inputs - mean) / (tf.sqrt(variance) + epsilon)

    return net(Does(scale, name="standard"), dense())


def no_spread():
    return standardised(0.0)


def no_spread_fixed():
    return standardised(1e-6)


def lengths(epsilon):
    def length(inputs):
        return tf.sqrt(tf.reduce_sum(inputs * inputs, axis=1, keepdims=True) + epsilon)

    return net(dense(kernel_constraint=None, use_bias=False), Does(length, name="length"))


def slope_at_zero():
    return lengths(0.0)


def slope_at_zero_fixed():
    return lengths(1e-6)


def raised(most):
    return net(
        dense(64, dtype="float16", name="sum"),
        Does(lambda x: tf.exp(tf.minimum(x, most)), name="power", dtype="float16"),
        dense(4),
    )


def half_overflows():
    return raised(100.0)


def half_overflows_fixed():
    return raised(5.0)


def mean_of_hard(safe):
    def hard_mean(y_true, y_pred):
        hard = tf.cast(tf.abs(y_true - y_pred) > 1e6, "float32")
        total, count = tf.reduce_sum(hard * tf.square(y_pred)), tf.reduce_sum(hard)
        return tf.math.divide_no_nan(total, count) if safe else total / count

    return net(dense(), loss=hard_mean)


def nothing_is_hard():
    return mean_of_hard(False)


def nothing_is_hard_fixed():
    return mean_of_hard(True)


def checked(safe):
    def check(inputs):
        return tf.debugging.check_numerics(tf.math.log(inputs * 0 + safe), "not a number")

    return net(dense(), Does(check, name="checks"))


def checks_itself():
    return checked(0.0)


def checks_itself_fixed():
    return checked(1.0)


def cropped(jit):
    boxes = [[0.0, 0.0, 1.0, 1.0]]
    crop = Does(lambda x: tf.image.crop_and_resize(x, boxes, [0], (4, 4)), name="crop")
    model = net(
        layers.Conv2D(2, 3), crop, layers.GlobalAveragePooling2D(), dense(1), size=(8, 8, 3)
    )
    model.jit_compile = jit
    return model


def crops_compiled():
    return cropped(True)


def crops_compiled_fixed():
    return cropped(False)


def looked_up(names):
    def look(values):
        return np.full_like(values, names[2])

    def outside(inputs):
        found = tf.numpy_function(look, [inputs], tf.float32)
        return inputs + tf.stop_gradient(tf.ensure_shape(found, inputs.shape))

    return net(dense(), Does(outside, name="python_inside"))


def python_raises():
    return looked_up({})


def python_raises_fixed():
    return looked_up({2: 1.0})


def positive(shift):
    def sure(inputs):
        with tf.control_dependencies([tf.debugging.assert_positive(inputs + shift)]):
            return tf.identity(inputs)

    return net(Does(sure, name="only_positive"), dense())


def asserts():
    return positive(-1.0)


def asserts_fixed():
    return positive(1.0)


def inverted(ridge):
    def invert(inputs):
        square = tf.matmul(inputs, inputs, transpose_a=True) + ridge * tf.eye(4)
        return tf.matmul(inputs, tf.linalg.inv(square))

    return net(Does(invert, name="inverts"), dense())


def singular():
    return inverted(0.0)


def singular_fixed():
    return inverted(1.0)


def masked(low):
    def attend(inputs):
        return tf.nn.softmax(tf.where(inputs > 1e9, inputs, tf.constant(low)))

    return net(dense(name="scores"), Does(attend, name="attends"))


def masks_all():
    return masked(float("-inf"))


def masks_all_fixed():
    return masked(-1e9)


def guarded(twice):
    def guard(inputs):
        zero = tf.nn.relu(-tf.abs(inputs))
        inside = tf.where(zero > 0, zero, 1.0) if twice else zero
        return inputs + tf.where(zero > 0, tf.math.log(inside), 0.0)

    return net(dense(), Does(guard, name="guards"))


def other_branch():
    return guarded(False)


def other_branch_fixed():
    return guarded(True)


def shares(epsilon):
    def share(inputs):
        none = inputs - inputs
        return none / (tf.reduce_sum(none, axis=1, keepdims=True) + epsilon)

    return net(dense(), Does(share, name="share"))


def predicts_nothing():
    return shares(0.0)


def predicts_nothing_fixed():
    return shares(1e-6)


@tf.function
def picks(values):
    return tf.gather(tf.range(4.0), tf.cast(values, tf.int32) + 4)


@tf.function
def picks_fixed(values):
    return tf.gather(tf.range(4.0), tf.cast(values, tf.int32))


class Graphwise(keras.Model):
    """Its gradients are those of graphs: it does not run op by op."""

    def __init__(self, epsilon):
        super().__init__()
        self.only = layers.Dense(3, name="only")
        self.epsilon = epsilon

    def call(self, inputs):
        return self.only(inputs)

    def train_step(self, data):
        loss = tf.reduce_mean(tf.math.log(self(data[0], training=True) * 0.0 + self.epsilon))
        variables = [getattr(one, "value", one) for one in self.trainable_variables]
        variables = [one() if callable(one) else one for one in variables]
        gradients = tf.gradients(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return {"loss": loss}


def graph_only():
    model = Graphwise(0.0)
    model.compile("sgd")
    return model


def graph_only_fixed():
    model = Graphwise(1.0)
    model.compile("sgd")
    return model


# What the batch decides.


def dice(y_true, y_pred):
    both = tf.reduce_sum(y_true * tf.nn.relu(y_pred))
    return 1 - 2 * both / tf.reduce_sum(y_true)


def empty_mask():
    return net(dense(), loss=dice)


def fixed_batch():
    return net(Does(lambda x: tf.reshape(x, (8, 4)), name="of_eight"), dense())


def plain():
    return net(dense(), metrics=["mae"])


def looks_at_values():
    class Looks(keras.Model):
        def __init__(self):
            super().__init__()
            self.only = layers.Dense(4)

        def call(self, inputs):
            return self.only(inputs) * float(np.sum(inputs.numpy()) * 0 + 1)

    model = Looks()
    model.compile("sgd", "mse", run_eagerly=True)
    return model


def dies():
    def end(values):
        os._exit(3)

    return net(dense(), Does(lambda x: x + tf.reduce_sum(tf.numpy_function(end, [x], tf.float32))))


def dies_of_zeros():
    def end(values):
        if not values.any():
            os._exit(3)
        return np.float32(0)

    return net(Does(lambda x: x + tf.reduce_sum(tf.numpy_function(end, [x], tf.float32))), dense())


def hangs():
    def wait(values):
        time.sleep(1000)

    return net(dense(), Does(lambda x: x + tf.reduce_sum(tf.numpy_function(wait, [x], tf.float32))))


def grows():
    def grow(values):
        kept = [np.ones(1 << 24) for _ in range(200)]
        return np.float32(len(kept))

    return net(dense(), Does(lambda x: x + tf.reduce_sum(tf.numpy_function(grow, [x], tf.float32))))


def pair():
    return np.ones((6, 4), "float64"), np.zeros((6, 4), "float32")


def alone():
    return np.ones((6, 4), "float32")


def bad_pair():
    return np.full((6, 4), np.nan, "float32"), np.zeros((6, 4), "float32")


def dataset():
    return tf.data.Dataset.from_tensor_slices(pair()).batch(3)


def generator():
    while True:
        yield pair()


def too_few_classes_compiled():
    model = classes(5)
    model.jit_compile = True
    return model


def log_of_zero_compiled():
    model = logs(0.0)
    model.jit_compile = True
    return model
