"""Models written last, when the rules stood: how well do these do on what they never saw?"""

# Written as users write, mistakes included.
# ruff: noqa
# mypy: ignore-errors

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def _fit(model, loss="mse", **more):
    model.compile(optimizer="adam", loss=loss, **more)
    return model


def graph_convolution():
    class GraphConv(layers.Layer):
        def build(self, shapes):
            self.kernel = self.add_weight(shape=(shapes[0][-1], 8), name="kernel")

        def call(self, inputs):
            nodes, adjacency = inputs
            return tf.matmul(adjacency, tf.matmul(nodes, self.kernel))

    nodes, adjacency = keras.Input((12, 5), name="nodes"), keras.Input((10, 10), name="edges")
    y = GraphConv(name="graph_conv")([nodes, adjacency])
    return _fit(keras.Model([nodes, adjacency], layers.Dense(1)(layers.Flatten()(y))))


def vae_sampling():
    class Sampling(layers.Layer):
        def call(self, inputs):
            mean, log_var = inputs
            return mean + tf.exp(0.5 * log_var) * tf.random.normal((32, 2))

    x = keras.Input((8,))
    mean, log_var = layers.Dense(2, name="mean")(x), layers.Dense(2, name="log_var")(x)
    z = Sampling(name="sampling")([mean, log_var])
    return _fit(keras.Model(x, layers.Dense(8)(z)))


def deep_q_loss():
    def bellman(y_true, y_pred):
        action = tf.cast(y_true[:, 0], tf.int32)
        taken = tf.gather(y_pred, action, batch_dims=1)
        return tf.square(taken - tf.reduce_max(tf.stop_gradient(y_pred), 1, keepdims=True) @ taken)

    return _fit(keras.Sequential([layers.Dense(4, name="q_values")]), bellman)


def policy_of_argmax():
    def surrogate(y_true, y_pred):
        return tf.reduce_mean(tf.cast(tf.argmax(y_pred, -1), tf.float32) * y_true[:, 0])

    return _fit(keras.Sequential([layers.Dense(4, name="policy")]), surrogate)


def bert_mask_added():
    class Scores(layers.Layer):
        def call(self, inputs):
            tokens, mask = inputs
            scores = tf.matmul(tokens, tokens, transpose_b=True)
            return tf.nn.softmax(scores + (1 - mask[:, None, :]) * -1e9)

    tokens = keras.Input((6, 8), name="tokens")
    mask = keras.Input((6,), dtype="int32", name="mask")
    y = Scores(name="scores")([tokens, mask])
    return _fit(keras.Model([tokens, mask], layers.Dense(1)(layers.Flatten()(y))))


def rotary_halves():
    class Rotary(layers.Layer):
        def call(self, inputs):
            left, right = tf.split(inputs, 2, -1)
            return tf.concat([-right, left], -1)

    return _fit(keras.Sequential([layers.Dense(7), Rotary(name="rotary"), layers.Dense(1)]))


def reshape_in_functional():
    x = keras.Input((64,))
    y = layers.Reshape((8, 8, 1))(x)
    y = layers.Conv2D(4, 3, name="conv")(y)
    y = layers.Reshape((8, 8, 4), name="grid")(y)
    return _fit(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def wrong_merge_rank():
    image, table = keras.Input((8, 8, 3), name="image"), keras.Input((5,), name="table")
    y = layers.Concatenate(name="merge")([layers.Conv2D(4, 3)(image), table])
    return _fit(keras.Model([image, table], layers.Dense(1)(y)))


def lstm_stack_in_class():
    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.words = layers.Embedding(100, 8, name="words")
            self.one = layers.LSTM(8, name="lstm_one")
            self.two = layers.LSTM(8, name="lstm_two")
            self.top = layers.Dense(1, name="top")

        def call(self, inputs):
            return self.top(self.two(self.one(self.words(inputs))))

    return _fit(Reader())


def ops_reshape_batch():
    x = keras.Input((6, 4))
    y = keras.ops.reshape(x, (-1, 5, 4))
    return _fit(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def depthwise_multiplier():
    x = keras.Input((16, 16, 3))
    y = layers.SeparableConv2D(8, 3, strides=2, dilation_rate=2, name="separable")(x)
    return _fit(keras.Model(x, layers.Dense(1)(layers.GlobalAveragePooling2D()(y))))


def even_kernel_crop():
    class Residual(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.conv = layers.Conv2D(3, 4, padding="valid")

        def build(self, shape):
            self.conv.build(shape)

        def call(self, inputs):
            return inputs + self.conv(inputs)

    return _fit(keras.Sequential([Residual(name="residual"), layers.Flatten(), layers.Dense(1)]))


def triplet_of_pairs():
    def triplet(y_true, y_pred):
        anchor, positive, negative = tf.split(y_pred, 3, axis=-1)
        return tf.maximum(tf.norm(anchor - positive) - tf.norm(anchor - negative) + 0.2, 0.0)

    return _fit(keras.Sequential([layers.Dense(16, name="embedding")]), triplet)


def labels_need_one_hot():
    def smoothed(y_true, y_pred):
        return keras.losses.categorical_crossentropy(y_true, y_pred, label_smoothing=0.1)

    return _fit(keras.Sequential([layers.Dense(6, activation="softmax", name="six")]), smoothed)


def mean_iou_metric():
    x = keras.Input((8, 8, 3))
    model = keras.Model(x, layers.Conv2D(4, 1, activation="softmax", name="mask")(x))
    loss = "sparse_categorical_crossentropy"
    return _fit(model, loss, metrics=[keras.metrics.OneHotMeanIoU(num_classes=4, name="iou")])


def metric_function_of_sizes():
    def exact(y_true, y_pred):
        return tf.reduce_mean(tf.cast(tf.equal(y_true, y_pred), tf.float32))

    model = keras.Sequential([layers.Dense(5, name="five")])
    return _fit(model, lambda y, p: tf.reduce_mean(p), metrics=[exact])


def class_weights_in_loss():
    weights = tf.constant([0.1, 0.2, 0.7], tf.float64)

    def weighted(y_true, y_pred):
        return -tf.reduce_sum(y_true * tf.math.log(y_pred) * weights, -1)

    return _fit(keras.Sequential([layers.Dense(3, activation="softmax")]), weighted)


def numpy_weights_in_float64():
    class Fixed(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.matrix = tf.convert_to_tensor(np.eye(8))

        def call(self, inputs):
            return tf.matmul(inputs, self.matrix)

    return _fit(keras.Sequential([layers.Dense(8), Fixed(name="fixed"), layers.Dense(1)]))


def mixed_attention_scale():
    class Scaled(layers.Layer):
        def call(self, inputs):
            width = tf.cast(tf.shape(inputs)[-1], tf.float32)
            return tf.nn.softmax(inputs / tf.sqrt(width))

    x = keras.Input((8,))
    y = Scaled(name="scaled")(layers.Dense(8)(x))
    return _fit(keras.Model(x, layers.Dense(1)(y)))


def cholesky_in_bfloat16():
    class Factor(layers.Layer):
        def call(self, inputs):
            eye = tf.eye(4, dtype=inputs.dtype)
            return tf.linalg.cholesky(tf.matmul(inputs, inputs, transpose_b=True) + eye)

    x = keras.Input((4, 6))
    y = Factor(name="factor")(x)
    return _fit(keras.Model(x, layers.Dense(1)(layers.Flatten()(y))))


def integer_pooling():
    @tf.function
    def pooled(images):
        return tf.nn.avg_pool2d(images, 2, 2, "VALID")

    return pooled


def popcount_floats():
    class Bits(layers.Layer):
        def call(self, inputs):
            return tf.cast(tf.raw_ops.PopulationCount(x=inputs), tf.float32)

    return _fit(keras.Sequential([layers.Dense(8), Bits(name="bits"), layers.Dense(1)]))


def binarised_weights():
    class Binary(layers.Layer):
        def build(self, shape):
            self.kernel = self.add_weight(shape=(shape[-1], 3), name="kernel")

        def call(self, inputs):
            return tf.matmul(inputs, tf.where(self.kernel > 0.0, 1.0, -1.0))

    return _fit(keras.Sequential([Binary(name="binary")]))


def vector_quantiser():
    class Codes(layers.Layer):
        def build(self, shape):
            self.table = self.add_weight(shape=(16, 4), name="codes", trainable=False)

        def call(self, inputs):
            distance = tf.reduce_sum(tf.square(inputs[:, None] - self.table[None]), -1)
            return tf.gather(self.table, tf.argmin(distance, -1))

    return _fit(keras.Sequential([layers.Dense(4), Codes(name="codebook")]))


def hard_attention():
    class Hard(layers.Layer):
        def call(self, inputs):
            best = tf.reduce_max(inputs, -1, keepdims=True)
            return tf.cast(tf.equal(inputs, best), inputs.dtype)

    return _fit(keras.Sequential([layers.Dense(4), Hard(name="hard")]))


def loss_from_inputs():
    class Free(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(3, name="head")

        def call(self, inputs):
            self.head(inputs)
            return inputs[:, :3]

    return _fit(Free())


def length_of_batch():
    class Mean(layers.Layer):
        def call(self, inputs):
            return tf.reduce_sum(inputs, 0, keepdims=True) / len(inputs) + inputs

    return _fit(keras.Sequential([layers.Dense(4), Mean(name="batch_mean"), layers.Dense(1)]))


def python_max_of_sizes():
    class Padded(layers.Layer):
        def call(self, inputs):
            longest = max(tf.shape(inputs)[1], 12)
            return tf.pad(inputs, [[0, 0], [0, longest - tf.shape(inputs)[1]]])

    return _fit(keras.Sequential([Padded(name="padded"), layers.Dense(1)]))


def string_of_tensor():
    class Named(layers.Layer):
        def call(self, inputs):
            table = {0: 1.0, 1: 2.0}
            return inputs * table[tf.cast(inputs[0, 0], tf.int32)]

    return _fit(keras.Sequential([Named(name="named"), layers.Dense(1)]))


def sorted_by_python():
    class Sorted(layers.Layer):
        def call(self, inputs):
            return tf.stack(sorted(tf.unstack(inputs, axis=-1)), -1)

    return _fit(keras.Sequential([Sorted(name="sorted"), layers.Dense(1)]))


def image_opened():
    class Blur(layers.Layer):
        def call(self, inputs):
            kernel = np.outer(inputs[0], inputs[0])
            return inputs @ kernel

    return _fit(keras.Sequential([Blur(name="blur"), layers.Dense(1)]))


def lora_added_late():
    class Lora(layers.Layer):
        def build(self, shape):
            self.base = self.add_weight(shape=(shape[-1], 4), name="base")

        def call(self, inputs):
            if not hasattr(self, "delta"):
                self.delta = self.add_weight(shape=(inputs.shape[-1], 4), name="delta")
            return tf.matmul(inputs, self.base + self.delta)

    return _fit(keras.Sequential([Lora(name="lora"), layers.Dense(1)]))


def layers_in_loop():
    class Stack(keras.Model):
        def call(self, inputs):
            for width in (8, 4, 1):
                inputs = layers.Dense(width)(inputs)
            return inputs

    return _fit(Stack())


def frozen_then_added():
    class Tuned(keras.Model):
        def __init__(self):
            super().__init__()
            self.body = layers.Dense(4, name="body")
            self.head = layers.Dense(1, name="head")

        def call(self, inputs):
            return self.head(self.body(inputs))

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(self(x) - y))
            fresh = keras.optimizers.SGD(0.1)
            fresh.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
            return {"loss": loss}

    model = Tuned()
    model.compile(optimizer="adam")
    return model


def moving_average_in_function():
    @tf.function
    def smoothed(x):
        average = tf.train.ExponentialMovingAverage(0.9)
        held = tf.Variable(tf.zeros((8,)))
        held.assign(x[0])
        average.apply([held])
        return average.average(held)

    return smoothed
