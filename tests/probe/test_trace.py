"""From a request to an op list: safety, limits, cache, and a TensorFlow that does not start."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from envprobe.errors import FileFormatError, NothingProbedError, UsageError
from envprobe.models.failure import ModelFailedError
from envprobe.models.request import request_of
from envprobe.models.unsafe import UnsafeModelError
from envprobe.probe.trace import oplist_of, save_oplist

MODELS = Path(__file__).parents[1] / "worker" / "traced_models.py"
SAVE = """
import os, sys
os.environ["KERAS_BACKEND"] = "tensorflow"
import tensorflow as tf
keras, folder = tf.keras, sys.argv[1] + "/"
image = keras.Input((8, 8, 3), name="image")
hidden = keras.layers.Flatten()(keras.layers.Conv2D(4, 3, name="first")(image))
model = keras.Model(image, keras.layers.Dense(5)(hidden), name="small")
model.save(folder + "m.keras")
model.save(folder + "m.h5")
model.save_weights(folder + "w.weights.h5")
(model.export if hasattr(model, "export") else model.save)(folder + "saved")
twice = keras.layers.Lambda(lambda x: x * 2, name="twice")
keras.Sequential([keras.Input((4,)), twice]).save(folder + "lambda.keras")
keras.Sequential([keras.Input((4,)), twice]).save(folder + "lambda.h5")
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
called = tf.function(lambda x: model(x)).get_concrete_function(tf.TensorSpec((None, 8, 8, 3)))
frozen = convert_variables_to_constants_v2(called).graph.as_graph_def()
open(folder + "frozen.pb", "wb").write(frozen.SerializeToString())
import h5py
with h5py.File(folder + "m.h5", "r") as whole, h5py.File(folder + "linked.h5", "w") as linked:
    linked.attrs["model_config"] = whole.attrs["model_config"]
    linked["model_weights"] = h5py.ExternalLink("/etc/passwd", "/")
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "envprobe" / "oplists"


@pytest.fixture(scope="module")
def saved(tensorflow_python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same small model in every format, and files that are refused."""
    folder = tmp_path_factory.mktemp("saved")
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    argv = [tensorflow_python, "-c", SAVE, str(folder)]
    done = subprocess.run(argv, env=env, capture_output=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return folder


def convolution_shapes(oplist: object) -> list[tuple[int | None, ...] | None]:
    return [
        one.outputs[0].shape
        for one in oplist.requirements  # type: ignore[attr-defined]
        if one.op == "Conv2D"
    ]


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ["m.keras", "saved", "frozen.pb"])
def test_every_format_gives_the_same_convolution(
    saved: Path, name: str, tensorflow_python: str
) -> None:
    request = request_of(str(saved / name), mode="infer", batch=2)
    oplist = oplist_of(request, python=tensorflow_python)
    assert convolution_shapes(oplist) == [(2, 6, 6, 4)]
    assert oplist.flops > 2 * 2 * 6 * 6 * 4 * 27


@pytest.mark.tensorflow
def test_hdf5_is_traced_too(saved: Path, tensorflow_python: str) -> None:
    request = request_of(str(saved / "m.h5"), batch=2)
    oplist = oplist_of(request, python=tensorflow_python)
    assert (oplist.source_kind, oplist.mode) == ("hdf5", "train")
    assert convolution_shapes(oplist) == [(2, 6, 6, 4)]


@pytest.mark.tensorflow
def test_a_file_is_traced_once_and_then_read(
    saved: Path, tmp_path: Path, tensorflow_python: str, cache: Path
) -> None:
    first = oplist_of(request_of(str(saved / "m.keras"), batch=2), python=tensorflow_python)
    (kept,) = cache.iterdir()
    marked = json.loads(kept.read_text())
    marked["notes"] = ["from the cache"]
    kept.write_text(json.dumps(marked))
    shutil.copy(saved / "m.keras", tmp_path / "copy.keras")
    copy = request_of(str(tmp_path / "copy.keras"), batch=2)
    again = oplist_of(copy, python=tensorflow_python)
    assert again.notes == ("from the cache",)
    assert again.source == str(tmp_path / "copy.keras")
    assert again.requirements == first.requirements
    other = oplist_of(request_of(str(saved / "m.keras"), batch=3), python=tensorflow_python)
    assert other.batch == 3
    kept.write_text("{")  # damaged: traced anew
    assert oplist_of(copy, python=tensorflow_python).notes == first.notes


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("lambda.keras", "layer 'twice' is a Lambda layer"),
        ("lambda.h5", "layer 'twice' is a Lambda layer"),
        ("linked.h5", "/model_weights is an external link to /etc/passwd"),
    ],
)
def test_a_file_that_could_harm_is_not_loaded(
    saved: Path, name: str, seen: str, tensorflow_python: str
) -> None:
    with pytest.raises(UnsafeModelError) as raised:
        oplist_of(request_of(str(saved / name)), python=tensorflow_python)
    assert seen in str(raised.value)


@pytest.mark.tensorflow
def test_trust_loads_what_was_refused(saved: Path, tensorflow_python: str) -> None:
    request = request_of(str(saved / "lambda.keras"), mode="infer", trust=True)
    assert "Mul" in oplist_of(request, python=tensorflow_python).ops


@pytest.mark.tensorflow
def test_weights_alone_are_no_model(saved: Path, tensorflow_python: str) -> None:
    with pytest.raises(FileFormatError, match="holds weights but no model"):
        oplist_of(request_of(str(saved / "w.weights.h5")), python=tensorflow_python)


@pytest.mark.tensorflow
def test_a_file_keeps_the_precision_it_was_saved_with(saved: Path, tensorflow_python: str) -> None:
    request = request_of(str(saved / "m.keras"), precision="mixed_float16")
    with pytest.raises(ModelFailedError, match="were saved with float32"):
        oplist_of(request, python=tensorflow_python)


@pytest.mark.tensorflow
def test_inputs_that_a_graph_does_not_have_are_refused(saved: Path, tensorflow_python: str) -> None:
    for specs, seen in (
        (["float32[2,9,8,3]"], "does not fit the graph's input"),
        (["other=float32[2,8,8,3]"], "no input 'other' in the graph"),
    ):
        request = request_of(str(saved / "frozen.pb"), inputs=specs)
        with pytest.raises(ModelFailedError, match=seen):
            oplist_of(request, python=tensorflow_python)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("function", "limit_seconds", "kind"),
    [("hangs", 4.0, "TimedOut"), ("dies", 60.0, "ProcessDied")],
)
def test_a_function_that_takes_the_worker_with_it(
    function: str, limit_seconds: float, kind: str, tensorflow_python: str
) -> None:
    request = request_of(f"{MODELS}:{function}")
    with pytest.raises(ModelFailedError) as raised:
        oplist_of(request, python=tensorflow_python, limit_seconds=limit_seconds)
    assert raised.value.failure.error_type == kind
    assert raised.value.exit_code == 2


@pytest.mark.tensorflow
def test_memory_is_bounded(tensorflow_python: str) -> None:
    request = request_of(f"{MODELS}:small")
    with pytest.raises((ModelFailedError, NothingProbedError), match="over its limit"):
        oplist_of(request, python=tensorflow_python, memory_limit_bytes=64 << 20)


def test_an_unsafe_archive_is_refused_without_any_tensorflow(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as made:
        made.writestr("../evil", "")
    with pytest.raises(UnsafeModelError, match="points out of the archive"):
        oplist_of(request_of(str(tmp_path / "m.keras")), python="/no/such/python")


def test_a_python_without_tensorflow_is_told(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    with pytest.raises(NothingProbedError, match="TensorFlow cannot be started") as raised:
        oplist_of(request_of(f"{MODELS}:small"), python=str(bare))
    assert raised.value.exit_code == 3
    with pytest.raises(UsageError, match="is not a Python interpreter"):
        oplist_of(request_of(f"{MODELS}:small"), python="/no/such/python")


def test_a_list_is_read_and_written_without_any_tensorflow(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_text("Conv2D float16\n")
    found = oplist_of(request_of(str(tmp_path / "l.txt")), python="/no/such/python")
    save_oplist(tmp_path / "o.json", found)
    assert oplist_of(request_of(str(tmp_path / "o.json"))) == found
