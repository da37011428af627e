"""Uses what this release does not have, and prints each traceback behind a line `@@@ name`.

Runs in an interpreter with TensorFlow, old or new, without a GPU; Python 3.9. `save FOLDER` writes
model files there, `load FOLDER` reads what another release wrote; without it all others are made.
"""
# Mistakes are made on purpose here, and printing is all that it does; TensorFlow has no types.
# ruff: noqa: T201, BLE001
# mypy: ignore-errors

import importlib
import sys
import traceback
from pathlib import Path

import numpy as np
import tensorflow as tf

keras = tf.keras
FAILURES = {}


def failure(function):
    """Keeps the function by its name."""
    FAILURES[function.__name__] = function
    return function


def model():
    """A small model."""
    made = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    made.compile("sgd", "mse")
    return made


@failure
def name_of_tensorflow_one(folder):
    tf.placeholder(tf.float32)


@failure
def contrib(folder):
    importlib.import_module("tensorflow.contrib.slim")


@failure
def name_not_there(folder):
    from tensorflow.keras.layers import CuDNNLSTM  # noqa: F401


@failure
def empty_session(folder):
    tf.compat.v1.Session().run(tf.compat.v1.get_default_graph())


@failure
def gradients_of_graphs(folder):
    x = tf.constant(1.0)
    tf.gradients(x * x, x)


@failure
def old_optimizer_argument(folder):
    keras.optimizers.SGD(decay=0.1, lr=0.1)


@failure
def old_method(folder):
    model().predict_classes(np.zeros((1, 4), "float32"))


@failure
def class_of_own_not_given(folder):
    form = {"use_legacy_format": True} if tf.__version__ < "2.16" else {}
    keras.layers.deserialize({"class_name": "NoSuchLayer", "config": {"units": 2}}, **form)


@failure
def message_of_newer_release(folder):
    tf.compat.v1.NodeDef(an_attribute_to_come=1)


@failure
def graph_of_much_newer_release(folder):
    graph = tf.compat.v1.GraphDef()
    graph.versions.producer = graph.versions.min_consumer = 99999
    with tf.Graph().as_default():
        tf.import_graph_def(graph, name="")


@failure
def library_of_other_release(folder):
    tf.load_op_library(f"{folder}/undefined.so")


@failure
def library_of_old_framework(folder):
    tf.load_op_library(f"{folder}/needs_framework.so")


@failure
def library_of_other_machine(folder):
    Path(folder, "text.so").write_text("not a library\n" * 99)
    tf.load_op_library(f"{folder}/text.so")


@failure
def metric_under_old_name(folder):
    history = model().fit(np.zeros((2, 4)), np.zeros((2, 2)), verbose=0)
    return history.history["acc"]


@failure
def numpy_name(folder):
    return np.object


@failure
def message_twice(folder):
    from google.protobuf import descriptor_pb2, descriptor_pool

    for name in ("One", "Two"):
        file = descriptor_pb2.FileDescriptorProto(name="tests/one.proto", package="tests")
        file.message_type.add(name=name)
        descriptor_pool.Default().AddSerializedFile(file.SerializeToString())


@failure
def descriptor_by_hand(folder):
    from google.protobuf import descriptor

    descriptor.EnumValueDescriptor(name="A", index=0, number=0)


@failure
def message_of_newer_protoc(folder):
    from google.protobuf import runtime_version as version

    version.ValidateProtobufRuntimeVersion(version.Domain.PUBLIC, 99, 1, 0, "", "tests/new.proto")


@failure
def keras_three_and_saved_model(folder):
    tf.saved_model.save(tf.Module(), f"{folder}/saved")
    keras.models.load_model(f"{folder}/saved")


@failure
def keras_three_and_checkpoint_name(folder):
    keras.callbacks.ModelCheckpoint(f"{folder}/best.h5.old")


@failure
def keras_three_and_old_argument(folder):
    keras.layers.DepthwiseConv2D(3, groups=1)


@failure
def keras_three_and_fit(folder):
    model().fit(np.zeros((2, 4)), np.zeros((2, 2)), workers=2)


@failure
def keras_three_and_shape(folder):
    return model().layers[0].output_shape


@failure
def keras_three_and_legacy_optimizer(folder):
    keras.optimizers.legacy.SGD()


def save(folder):
    """Model files as this release writes them."""
    model().save(f"{folder}/model.keras")
    model().save(f"{folder}/model.h5")


def load(folder):
    """Both files of another release."""
    for file in ("model.keras", "model.h5"):
        attempt(file, lambda file=file: keras.models.load_model(f"{folder}/{file}"))


def attempt(name, function):
    """Prints the name, and the traceback where there is one."""
    print(f"@@@ {name}", flush=True)
    try:
        function()
        print("nothing was raised")
    except Exception:
        traceback.print_exc(file=sys.stdout)


if __name__ == "__main__":
    what, where = sys.argv[1:3]
    if what == "fail":
        for key, made in FAILURES.items():
            attempt(key, lambda made=made: made(where))
    else:
        {"save": save, "load": load}[what](where)
