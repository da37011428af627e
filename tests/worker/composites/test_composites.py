"""Every composite proven by execution, in each dtype that its row says works on a CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from envprobe.ops.catalog import load_catalog, variants_of
from envprobe.terms import FLOAT_DTYPES

Run = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.tensorflow
ROWS = {op: row for op, row in load_catalog().items() if row.composite}
ON_CPU = {op: row for op, row in ROWS.items() if "CPU" in row.devices}
NOT_COMPILED = {
    "all_reduce": "untested",
    "device_to_device": "untested",
    "data_pipeline": "no_kernel",
    "numpy_function": "no_kernel",
    "py_function": "no_kernel",
    "ragged_rows": "no_kernel",
}
ENDS_THE_PROCESS_WHEN_COMPILED = {"string_lookup"}


@pytest.mark.parametrize("mode", ["eager", "graph"])
@pytest.mark.parametrize("op", ON_CPU)
def test_it_works_in_every_dtype_and_direction(run: Run, op: str, mode: str) -> None:
    row = ON_CPU[op]
    for variant in variants_of(row):
        for dtype in row.dtypes:
            has_gradient = row.gradient and dtype in FLOAT_DTYPES
            for direction in ("forward", "gradient") if has_gradient else ("forward",):
                answer = run(op, dtype, variant=variant, mode=mode, direction=direction)
                asked = f"{variant} {dtype} {direction}: {answer['reason']}"
                assert (answer["status"], answer["reason"]) == ("supported", None), asked


@pytest.mark.slow
@pytest.mark.parametrize("op", sorted(set(ON_CPU) - ENDS_THE_PROCESS_WHEN_COMPILED))
def test_xla_compiles_it_or_says_why_not(run: Run, op: str) -> None:
    row = ON_CPU[op]
    for direction in ("forward", "gradient") if row.gradient else ("forward",):
        answer = run(op, row.dtypes[0], mode="xla", direction=direction)
        assert answer["status"] == NOT_COMPILED.get(op, "supported"), answer["reason"]


@pytest.mark.parametrize("op", ["sgd_step", "conv_bn_relu", "multi_head_attention", "lstm"])
def test_float16_is_really_computed_in_float16(run: Run, op: str) -> None:
    # Were it computed in float32 behind our back, it would pass float32's tolerance, too.
    answer = run(op, "float16", tolerance=1e-6)
    assert answer["status"] == "wrong_result"
    assert answer["max_relative_error"] > 1e-5


def test_the_answer_is_the_same_when_asked_again(run: Run) -> None:
    # A training step must not go on from the weights that the last one left.
    first, second = run("adam_step", "float32"), run("adam_step", "float32")
    assert first["max_relative_error"] == second["max_relative_error"]


@pytest.mark.parametrize("op", ["host_to_device", "device_to_host"])
def test_a_copy_to_where_it_is_already_is_no_question(run: Run, op: str) -> None:
    answer = run(op, "float32")
    assert (answer["status"], answer["reason"]) == (
        "untested",
        "the device's memory is the host's",
    )


def test_text_is_no_number(run: Run) -> None:
    for dtype in FLOAT_DTYPES:
        answer = run("string_lookup", dtype)
        assert answer["status"] == "failed"
        assert "dtype string" in answer["reason"]
