"""One real step under limits: a step that hangs, dies or grows costs a finding, and no more."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from envprobe.errors import NothingProbedError, UsageError
from envprobe.models.dry_run import DryRun
from envprobe.models.request import request_of
from envprobe.models.unsafe import UnsafeModelError
from envprobe.probe.dry_run import dry_run

MODELS = Path(__file__).parents[1] / "worker" / "stepped_models.py"
ROWS = ("float32[4,4]",)


def step(function: str, python: str, *, mode: str = "train", **more: Any) -> DryRun:
    targets = ROWS if mode == "train" else ()
    request = request_of(f"{MODELS}:{function}", inputs=ROWS, targets=targets, mode=mode)
    return dry_run(request, python=python, device="CPU", **more)


@pytest.mark.tensorflow
def test_a_step_that_runs_and_the_batches_after_it(tensorflow_python: str) -> None:
    run = step("plain", tensorflow_python)
    assert (run.failure, run.non_finite, run.edges_left) == (None, None, None)
    assert (run.device, run.mode, run.jit) == ("CPU:0", "train", False)
    assert run.loss is not None
    assert [one.shape for one in run.fed] == [(4, 4), (4, 4)]
    assert len(run.edges) == 5
    assert all(edge.failure is None and edge.non_finite is None for edge in run.edges)
    assert run.tensorflow


@pytest.mark.tensorflow
def test_no_further_batch_is_tried_where_none_is_wanted(tensorflow_python: str) -> None:
    run = step("plain", tensorflow_python, edges=False, mode="infer")
    assert (run.edges, run.edges_left, run.loss) == ((), None, None)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("function", "error_type", "limits"),
    [
        ("dies", "ProcessDied", {}),
        ("hangs", "TimedOut", {"limit_seconds": 20.0}),
        ("grows", "OutOfMemory", {"memory_limit_bytes": 3 << 30}),
    ],
)
def test_a_step_that_takes_the_worker_with_it(
    function: str, error_type: str, limits: dict[str, Any], tensorflow_python: str
) -> None:
    run = step(function, tensorflow_python, **limits)
    assert run.failure is not None
    assert (run.failure.stage, run.failure.error_type) == ("lost", error_type)


@pytest.mark.tensorflow
def test_a_batch_that_kills_the_worker_leaves_the_step_what_it_was(tensorflow_python: str) -> None:
    run = step("dies_of_zeros", tensorflow_python)
    assert (run.failure, run.non_finite) == (None, None)
    assert [edge.edge for edge in run.edges if edge.failure is not None] == ["all inputs zero"]
    assert run.edges_left == "the process was lost at the batch with all inputs zero"


@pytest.mark.tensorflow
def test_a_model_file_is_stepped_too(tensorflow_python: str, tmp_path: Path) -> None:
    made = tmp_path / "save.py"
    made.write_text(
        "import tensorflow as tf\n"
        "def build():\n"
        "    layers = [tf.keras.Input((4,)), tf.keras.layers.Dense(4)]\n"
        "    model = tf.keras.Sequential(layers)\n"
        "    model.compile('sgd', 'mse')\n"
        f"    model.save({str(tmp_path / 'm.keras')!r})\n"
        "    return model\n"
    )
    first = dry_run(request_of(f"{made}:build"), python=tensorflow_python, edges=False)
    assert first.failure is None
    run = dry_run(request_of(str(tmp_path / "m.keras")), python=tensorflow_python, edges=False)
    assert (run.failure, run.non_finite) == (None, None)


@pytest.mark.tensorflow
def test_a_saved_graph_is_not_run(tensorflow_python: str, tmp_path: Path) -> None:
    made = tmp_path / "save.py"
    made.write_text(
        "import tensorflow as tf\n"
        "class Doubles(tf.Module):\n"
        "    @tf.function(input_signature=[tf.TensorSpec([4])])\n"
        "    def __call__(self, x):\n"
        "        return x * 2\n"
        "def build():\n"
        "    doubles = Doubles()\n"
        f"    tf.saved_model.save(doubles, {str(tmp_path / 'saved')!r},\n"
        "        signatures=doubles.__call__)\n"
        "    return doubles.__call__\n"
    )
    request = request_of(f"{made}:build", inputs=("float32[4]",), mode="infer")
    assert dry_run(request, python=tensorflow_python, edges=False).failure is None
    run = dry_run(request_of(str(tmp_path / "saved")), python=tensorflow_python)
    assert run.failure is not None
    assert run.failure.refused


def test_an_unsafe_archive_is_refused_without_any_tensorflow(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as made:
        made.writestr("../evil", "")
    with pytest.raises(UnsafeModelError, match="points out of the archive"):
        dry_run(request_of(str(tmp_path / "m.keras")), python="/no/such/python")


def test_an_op_list_has_no_step(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_text("Conv2D float16\n")
    with pytest.raises(UsageError, match="has no step to run"):
        dry_run(request_of(str(tmp_path / "l.txt")))


def test_a_device_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="expected CPU, GPU or GPU:1"):
        dry_run(request_of(f"{MODELS}:plain"), device="NPU:0")


@pytest.mark.tensorflow
def test_a_worker_that_does_not_start_is_told(tensorflow_python: str) -> None:
    with pytest.raises(NothingProbedError, match="TensorFlow cannot be started"):
        step("plain", tensorflow_python, memory_limit_bytes=32 << 20)
