"""The engine on a real TensorFlow: what it must call right, wrong, misplaced or missing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from envprobe.matrix.matrix import Device
from envprobe.ops.catalog import load_catalog
from envprobe.probe.lane import Lane
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.plan import Probe, plan, question
from envprobe.probe.pool import Pool
from envprobe.probe.selection import Selection

pytestmark = pytest.mark.tensorflow
LANE = Lane(name="CPU", config={"cpu_devices": 2, "gpus": "none"})
DEVICE = Device(name="CPU:1", device_type="CPU")


@pytest.fixture(scope="module")
def pool(tensorflow_python: str) -> Iterator[Pool]:
    """One worker with two CPU devices, for all tests of this file."""
    with Pool([tensorflow_python, str(WORKER_FOLDER)]) as started:
        yield started


def cell(op: str, variant: str, dtype: str, direction: str, mode: str) -> dict[str, Any]:
    """The question for one cell of the catalog, on the second CPU device."""
    return question(_probe(op, variant, dtype, direction, mode), DEVICE, "CPU:1", timed=False)


def _probe(op: str, variant: str, dtype: str, direction: str, mode: str) -> Probe:
    selection = Selection(preset="full", ops=(op,), dtypes=(dtype,), modes=(mode,))
    (probe,) = [
        probe
        for probe in plan(load_catalog(), selection, DEVICE)
        if (probe.key.op, probe.key.variant, probe.key.direction) == (op, variant, direction)
    ]
    return probe


def run(pool: Pool, asked: dict[str, Any]) -> dict[str, Any]:
    with pool.exclusive(LANE) as (worker,):
        return worker.ask({"ask": "run", "cell": asked})


@pytest.mark.parametrize("mode", ["eager", "graph", "xla"])
@pytest.mark.parametrize("direction", ["forward", "gradient"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_a_right_kernel_is_supported(pool: Pool, dtype: str, direction: str, mode: str) -> None:
    answer = run(pool, cell("MatMul", "default", dtype, direction, mode))
    assert (answer["status"], answer["reason"]) == ("supported", None)
    # float64 on the CPU could only be held against itself, but for XLA's kernels.
    independent = dtype != "float64" or mode == "xla"
    assert (answer["max_relative_error"] is not None) is independent


@pytest.mark.parametrize("direction", ["forward", "gradient"])
def test_numbers_outside_the_tolerance_are_wrong(pool: Pool, direction: str) -> None:
    asked = cell("MatMul", "default", "bfloat16", direction, "graph")
    answer = run(pool, {**asked, "tolerance": 1e-9})
    assert answer["status"] == "wrong_result"
    assert "allowed 1e-09" in answer["reason"]
    assert answer["max_relative_error"] > 1e-9


def test_another_ops_numbers_are_wrong(pool: Pool) -> None:
    """The reference is of the op that was asked for: SUM for MEAN must not pass."""
    asked = cell("Mean", "default", "float32", "forward", "eager")
    right = run(pool, asked)
    assert right["status"] == "supported"
    # The same name and variant, so the cached reference of Mean is used for Sum's numbers.
    answer = run(pool, {**asked, "attrs": {**asked["attrs"], "keep_dims": True}})
    assert answer["status"] == "wrong_result"
    assert "shape" in answer["reason"]


def test_infinity_is_wrong_where_the_row_does_not_expect_it(pool: Pool) -> None:
    asked = cell("Log", "default", "float32", "forward", "eager")
    (name,) = asked["inputs"]
    zeros = {**asked["inputs"][name], "literal": [0.0, 1.0], "shape": [2]}
    answer = run(pool, {**asked, "inputs": {name: zeros}, "variant": "of-zero"})
    assert answer["status"] == "wrong_result"
    assert "infinite" in answer["reason"]
    allowed = run(pool, {**asked, "inputs": {name: zeros}, "variant": "of-zero", "nonfinite": True})
    assert allowed["status"] == "supported"


# A probe that is asked about CPU:1 and computes its product on CPU:0, in this mode.
ELSEWHERE = """
import runpy, sys
folder, mode = sys.argv[1:]
load_package = runpy.run_path(folder + "/__main__.py")["load_package"]
load_package(folder)
import tensorflow as tf
from envprobe_worker.execute import run_once
from envprobe_worker.hello import hello
from envprobe_worker.subject import Subject
hello({"config": {"cpu_devices": 2, "gpus": "none"}})

def matmul(a, b):
    with tf.device("/device:CPU:" + index):
        return tf.raw_ops.MatMul(a=a, b=b)

cell = {"op": "MatMul", "dtype": "float32", "device": "CPU:1", "mode": mode}
cell["composite"] = None
cell["direction"] = "forward"
for index in ("0", "1"):
    subject = Subject(call=matmul, inputs=[tf.ones([4, 4]), tf.ones([4, 4])])
    print(run_once(cell, subject)[1])
"""


@pytest.mark.parametrize("mode", ["eager", "graph"])
def test_where_an_op_really_ran_is_found_out(tensorflow_python: str, mode: str) -> None:
    done = subprocess.run(
        [tensorflow_python, "-c", ELSEWHERE, str(WORKER_FOLDER), mode],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.split() == ["CPU:0", "None"]


def test_an_absent_device_is_no_success(pool: Pool) -> None:
    asked = cell("MatMul", "default", "float32", "forward", "eager")
    answer = run(pool, {**asked, "device": "GPU:0"})
    assert answer["status"] == "failed"
    assert "GPU:0" in answer["reason"]


@pytest.mark.parametrize(
    ("op", "variant", "dtype", "direction", "status"),
    [
        ("MatMul", "default", "bool", "forward", "invalid_dtype"),
        ("MatMul", "default", "string", "forward", "invalid_dtype"),
        ("Cholesky", "default", "float16", "forward", "no_kernel"),
        ("Conv2D", "nchw", "float64", "forward", "unimplemented"),
    ],
)
def test_what_does_not_work_is_told_apart(
    pool: Pool, op: str, variant: str, dtype: str, direction: str, status: str
) -> None:
    for mode in ("eager", "graph"):
        answer = run(pool, cell(op, variant, dtype, direction, mode))
        assert answer["status"] == status, answer["reason"]
        assert answer["reason"]


def test_an_op_that_this_release_lacks_is_untested(pool: Pool) -> None:
    asked = cell("MatMul", "default", "float32", "forward", "eager")
    answer = run(pool, {**asked, "op": "NoSuchOp"})
    assert answer["status"] == "untested"
    assert "NoSuchOp" in answer["reason"]


def test_a_timed_cell_takes_longer_with_more_loops(pool: Pool) -> None:
    probe = _probe("MatMul", "default", "float32", "gradient", "graph")
    asked = question(probe, DEVICE, "CPU:1", timed=True)
    with pool.exclusive(LANE) as (worker,):
        prepared = worker.ask({"ask": "prepare", "cell": asked})
        assert prepared["shapes"]["a"] == [1024, 1024]
        assert len(prepared["item_bytes"]) == len(prepared["shapes"])
        sample = {"ask": "sample", "handle": prepared["handle"]}
        once = min(worker.ask({**sample, "loops": 1})["seconds"] for _ in range(3))
        often = worker.ask({**sample, "loops": 8})["seconds"]
        worker.ask({"ask": "release", "handle": prepared["handle"]})
    assert often > 3 * once


def test_what_cannot_be_prepared_says_why(pool: Pool) -> None:
    asked = cell("MatMul", "default", "bool", "forward", "graph")
    with pool.exclusive(LANE) as (worker,):
        prepared = worker.ask({"ask": "prepare", "cell": asked})
    assert prepared["status"] == "invalid_dtype"
    assert "handle" not in prepared


def test_loaded_libraries_are_those_of_the_process(pool: Pool) -> None:
    with pool.exclusive(LANE) as (worker,):
        loaded = worker.ask({"ask": "libraries"})["libraries"]
    assert any("libtensorflow" in path for path in loaded)
    assert all(path.startswith("/") for path in loaded)
