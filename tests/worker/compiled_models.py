"""Models that XLA is to compile: some that it does, and some that it refuses."""

# mypy: ignore-errors

import tensorflow as tf

keras = tf.keras
layers = keras.layers


class Calls(layers.Layer):
    def __init__(self, function, **options):
        super().__init__(**options)
        self.function = function

    def call(self, inputs):
        return self.function(inputs)


def around(function, *before, shape=(8,)):
    """A model whose layer 'mine' is the function, behind a layer that is trained."""
    parts = before or (layers.Dense(8, name="first"),)
    mine = Calls(function, name="mine")
    model = keras.Sequential([keras.Input(shape), *parts, mine, layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


def image_around(function):
    return around(function, layers.Conv2D(3, 1), shape=(8, 8, 3))


def plain():
    return around(tf.tanh)


def bicubic():
    return image_around(lambda x: tf.image.resize(x, [4, 4], method="bicubic"))  # refused here


def bilinear():
    return image_around(lambda x: tf.image.resize(x, [4, 4], method="bilinear"))


def nearest():
    """XLA has the op, and not the op of its gradient."""
    return image_around(lambda x: tf.image.resize(x, [16, 16], method="nearest"))


def printing():
    def told(x):
        tf.print("mean", tf.reduce_mean(x))
        return x

    return around(told)


def determinant():
    return around(lambda x: tf.linalg.det(x)[:, None], layers.Dense(16), layers.Reshape((4, 4)))


def _halved(bound):
    def halved(x):
        return tf.while_loop(
            lambda y: tf.reduce_sum(y * y) > 1.0,
            lambda y: (y * 0.5,),
            (x,),
            maximum_iterations=bound,
        )[0]

    return halved


def loop():
    return around(_halved(None))


def bounded_loop():
    return around(_halved(5))


def selected():
    return around(lambda x: x + tf.reduce_sum(tf.gather_nd(x, tf.where(x > 0.0))))


def sized_by_data():
    """How far it counts stands in the batch, which a run knows when it compiles."""
    counted = Calls(lambda x: x + tf.reduce_sum(tf.range(tf.reduce_max(x) + 2.0)), name="counted")
    return keras.Sequential([keras.Input((8,)), counted, layers.Dense(1)])


def table():
    pairs = tf.lookup.KeyValueTensorInitializer(
        tf.constant([0, 1], tf.int64), tf.constant([5.0, 6.0])
    )
    known = tf.lookup.StaticHashTable(pairs, 0.0)
    return around(lambda x: x + known.lookup(tf.cast(x, tf.int64)))


def inner():
    return around(tf.function(tf.nn.gelu, jit_compile=True))


def inner_refused():
    @tf.function(jit_compile=True)
    def shrunk(x):
        return tf.image.resize(x, [4, 4], method="bicubic")

    return image_around(shrunk)


def inner_loop():
    """Its gradient needs what each round computed, which a compiled part cannot hand on."""

    @tf.function(jit_compile=True)
    def rounds(x):
        return tf.while_loop(lambda i, _: i < 3, lambda i, y: (i + 1, tf.tanh(y)), (0, x))[1]

    return around(rounds)


def inner_of_half():
    """Only one branch of the step is compiled."""
    refused = tf.function(tf.linalg.det, jit_compile=True)

    def either(x):
        square = tf.reshape(x, [-1, 2, 2])
        return x * tf.cond(
            tf.reduce_sum(x) > 0.0, lambda: tf.reduce_sum(refused(square)), lambda: 1.0
        )

    return around(either)


def nested():
    """What is refused is in a function of its own."""
    return around(
        tf.function(lambda x: tf.linalg.det(x)[:, None]), layers.Dense(16), layers.Reshape((4, 4))
    )


def grouped():
    """Keras 3 compiles a grouped convolution alone, on CPUs."""
    model = keras.Sequential(
        [keras.Input((8, 8, 4)), layers.Conv2D(8, 3, groups=2), layers.Flatten(), layers.Dense(1)]
    )
    model.compile("adam", "mse")
    return model


def function():
    weights = tf.Variable(tf.ones([8, 1]))
    multiplied = tf.function(lambda x: tf.matmul(x, weights), jit_compile=True)
    multiplied.weights = weights  # a function alone does not keep its variables
    return multiplied


def function_of_a_size():
    return tf.function(lambda x, rows: tf.reshape(x, [rows, -1]), jit_compile=True)


def function_of_two():
    return tf.function(tf.matmul, jit_compile=True)


def function_of_strings():
    return tf.function(tf.strings.length, jit_compile=True)


def by_hand():
    class ByHand(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(1, name="inner")

        def call(self, x):
            return self.inner(x)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x) - y) ** 2)
            tf.print("loss", loss)  # refused in the step
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss}

    model = ByHand()
    model.compile("sgd")
    return model


# What Keras 3 decides where there is a GPU.
def never_compiled():
    return keras.Sequential([keras.Input((8,)), layers.Dense(1)])


def without_xla():
    model = never_compiled()
    model.compile("adam", "mse", jit_compile=False)
    return model


def with_xla():
    model = never_compiled()
    model.compile("adam", "mse", jit_compile=True)
    return model


def eager():
    model = never_compiled()
    model.compile("adam", "mse", run_eagerly=True)
    return model


def _recurrent(**options):
    model = keras.Sequential([keras.Input((4, 8)), layers.LSTM(3, **options), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


def recurrent():
    return _recurrent()


def recurrent_without_cudnn():
    return _recurrent(activation="relu")


def hashing():
    model = keras.Sequential(
        [keras.Input((8,), dtype="int32"), layers.Hashing(10), layers.Embedding(10, 4),
         layers.Flatten(), layers.Dense(1)]
    )  # fmt: skip
    model.compile("adam", "mse")
    return model
