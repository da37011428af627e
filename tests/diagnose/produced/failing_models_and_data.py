"""Fails in many ways in one process, and prints each traceback behind a line `@@@ name`.

Runs in an interpreter with TensorFlow, old or new, without a GPU; Python 3.9.
"""
# Mistakes are made on purpose here, and printing is all that it does; TensorFlow has no types.
# ruff: noqa: T201, BLE001, PLW0108, PTH123, SIM115
# mypy: ignore-errors

import sys
import tempfile
import traceback
from pathlib import Path

import numpy as np
import tensorflow as tf

keras = tf.keras
layers = keras.layers
FAILURES = {}
X = np.linspace(0, 1, 64, dtype="float32").reshape(16, 4)
CLASSES = np.zeros(16, "int64")
ONE_HOT = np.eye(3)[CLASSES]
FOLDER = tempfile.mkdtemp()


def failure(function):
    """Keeps the function by its name."""
    FAILURES[function.__name__] = function
    return function


def classifier(units=3, loss="categorical_crossentropy", activation="softmax", **more):
    """A small model for 4 features."""
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(8), layers.Dense(units, activation=activation)]
    )
    model.compile("sgd", loss, **more)
    return model


def fit(model, x=X, y=ONE_HOT, **more):
    """Trains for an epoch without a progress bar."""
    return model.fit(x, y, **{"verbose": 0, **more})


def with_words():
    """A model that looks ids up in a table of 5."""
    model = keras.Sequential(
        [
            keras.Input((2,), dtype="int32"),
            layers.Embedding(5, 3, name="word_embedding"),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    return model


def records(content, change):
    """A file of one record, changed."""
    path = Path(FOLDER, "data.tfrecord")
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(content)
    path.write_bytes(change(path.read_bytes()))
    return list(tf.data.TFRecordDataset(str(path)))


def saved_by_session():
    """A checkpoint of TensorFlow 1 with the variable `a`."""
    path = str(Path(FOLDER, "session"))
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.get_variable("a", (2,))
        session.run(tf.compat.v1.global_variables_initializer())
        return tf.compat.v1.train.Saver().save(session, path)


@failure
def features_missing():
    fit(classifier(), X[:, :3])


@failure
def axis_missing():
    layers.LSTM(2)(X)


@failure
def sum_of_two_sizes():
    tf.ones((3, 4)) + tf.ones((3, 5))


@failure
def product_of_two_sizes_in_graph():
    tf.function(lambda a, b: a * b)(tf.ones((3, 4)), tf.ones((3, 5)))


@failure
def matrices_of_two_sizes():
    tf.matmul(tf.ones((2, 3)), tf.ones((4, 5)))


@failure
def reshape_to_more():
    tf.reshape(tf.ones(5), (2, 3))


@failure
def array_to_more():
    np.ones(5).reshape(2, 3)


@failure
def concatenation_of_two_sizes():
    tf.concat([tf.ones((2, 3)), tf.ones((3, 3))], 1)


@failure
def branches_of_two_sizes():
    layers.Concatenate()([keras.Input((3, 4)), keras.Input((4, 4))])


@failure
def image_too_small():
    keras.Sequential([keras.Input((3, 3, 1)), layers.MaxPool2D(), layers.MaxPool2D()])


@failure
def channels_differ():
    tf.nn.conv2d(tf.ones((1, 8, 8, 4)), tf.ones((3, 3, 3, 2)), 1, "SAME")


@failure
def fewer_labels_than_samples():
    fit(classifier(), X, ONE_HOT[:9])


@failure
def elements_of_two_shapes():
    spec = tf.TensorSpec((None,))
    made = tf.data.Dataset.from_generator(lambda: map(np.ones, (2, 3)), output_signature=spec)
    list(made.batch(2))


@failure
def fed_to_placeholder():
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        held = tf.compat.v1.placeholder(tf.float32, (None, 3))
        session.run(held, {held: np.ones((2, 4))})


@failure
def class_numbers_for_one_hot():
    fit(classifier(), y=CLASSES[:, None])


@failure
def one_hot_for_class_numbers():
    fit(classifier(loss="sparse_categorical_crossentropy"))


@failure
def label_beyond_classes():
    fit(classifier(loss="sparse_categorical_crossentropy"), y=CLASSES + 3)


@failure
def targets_too_narrow():
    fit(classifier(loss="mse"), y=np.ones((16, 2)))


@failure
def targets_larger_than_images():
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(1, 3)])
    model.compile("sgd", "mse")
    fit(model, np.ones((4, 8, 8, 1)), np.ones((4, 8, 8, 1)))


@failure
def words_as_labels():
    data = tf.data.Dataset.from_tensor_slices((X, tf.constant([["cat"] * 3] * 16)))
    classifier().fit(data.batch(4), verbose=0)


@failure
def class_beyond_one_hot():
    keras.utils.to_categorical([0, 5], 3)


@failure
def word_beyond_table():
    fit(with_words(), np.full((4, 2), 5), np.zeros(4))


@failure
def row_beyond_table():
    layers.Embedding(5, 3)(np.array([[7]]))


@failure
def index_beyond_tensor():
    tf.gather(tf.ones((3, 2)), [4])


@failure
def slice_beyond_tensor():
    tf.ones(3)[5]


@failure
def scatter_beyond_tensor():
    tf.scatter_nd([[9]], [1.0], [3])


@failure
def matrix_without_inverse():
    tf.linalg.inv(tf.zeros((2, 2)))


@failure
def numpy_of_symbol():
    tf.function(lambda a: np.asarray(a))(tf.ones(3))


@failure
def numpy_in_loss():
    fit(classifier(loss=lambda _, given: np.mean(np.square(given))))


@failure
def loop_over_symbol():
    tf.function(lambda a: list(a), autograph=False)(tf.ones(3))


@failure
def value_of_symbol():
    tf.function(lambda a: a.numpy())(tf.ones(3))


@failure
def symbol_out_of_scope():
    kept = []
    tf.function(lambda a: kept.append(a * 2))(tf.ones(3))
    kept[0] + 1


@failure
def part_of_tensor_set():
    x = tf.ones(3)
    x[0] = 2


@failure
def variable_in_function():
    tf.function(lambda x: tf.Variable(1.0) * x)(tf.ones(2))


@failure
def optimizer_in_function():
    weight = tf.Variable([1.0, 2.0])

    @tf.function
    def step():
        keras.optimizers.Adam().apply_gradients([(tf.ones(2), weight)])

    step()


@failure
def weights_of_other_layers():
    path = str(Path(FOLDER, "a.weights.h5"))
    classifier().save_weights(path)
    keras.Sequential([keras.Input((4,)), layers.Dense(3)]).load_weights(path)


@failure
def weights_of_other_size():
    path = str(Path(FOLDER, "b.weights.h5"))
    classifier().save_weights(path)
    classifier(5).load_weights(path)


@failure
def variable_of_other_size():
    path = tf.train.Checkpoint(v=tf.Variable([1.0, 2.0])).save(str(Path(FOLDER, "c")))
    tf.train.Checkpoint(v=tf.Variable([1.0, 2.0, 3.0])).restore(path)


@failure
def variable_not_in_checkpoint():
    path = saved_by_session()
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.get_variable("b", (2,))
        tf.compat.v1.train.Saver().restore(session, path)


@failure
def tensor_checked():
    tf.debugging.check_numerics(tf.constant([1.0, np.nan]), "weights")


@failure
def loss_nan():
    fit(classifier(loss="mse"), X * np.nan, epochs=3, verbose=2)


@failure
def file_missing():
    tf.io.read_file(str(Path(FOLDER, "none.png")))


@failure
def labels_missing():
    open(str(Path(FOLDER, "labels.csv")))


@failure
def weights_missing():
    classifier().load_weights(str(Path(FOLDER, "none.weights.h5")))


@failure
def record_changed():
    records(b"hello" * 9, lambda raw: raw[:20] + b"!" + raw[21:])


@failure
def record_cut_off():
    records(b"hello" * 9, lambda raw: raw[:30])


@failure
def feature_missing():
    tf.io.parse_single_example(b"", {"a": tf.io.FixedLenFeature([], tf.int64)})


@failure
def no_image():
    tf.io.decode_image(b"neither a PNG nor a JPEG")


@failure
def image_cut_off():
    tf.io.decode_jpeg(b"\xff\xd8\xff\xe0 cut off")


@failure
def generator_of_other_shape():
    spec = tf.TensorSpec((2,))
    list(tf.data.Dataset.from_generator(lambda: iter([np.ones(3)]), output_signature=spec))


@failure
def function_of_data_raises():
    def looked_up(x):
        return {}[int(x)]

    list(tf.data.Dataset.range(3).map(lambda x: tf.py_function(looked_up, [x], tf.int64)))


@failure
def iterator_at_its_end():
    iterator = iter(tf.data.Dataset.range(1))
    iterator.get_next()
    iterator.get_next()


@failure
def input_too_short():
    data = tf.data.Dataset.from_tensor_slices((X, ONE_HOT)).batch(4)
    classifier().fit(data, steps_per_epoch=10, epochs=2, verbose=2)


@failure
def address_unreachable():
    keras.utils.get_file("none.bin", "http://127.0.0.1:9/none.bin", cache_dir=FOLDER)


def main():
    """Run the failures one by one."""
    for name, function in FAILURES.items():
        print("@@@", name, flush=True)
        try:
            function()
        except Exception:
            sys.stderr.flush()
            print(traceback.format_exc(), flush=True)


if __name__ == "__main__":
    main()
