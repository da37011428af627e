"""What a model's own nodes ask of the worker beyond the catalog's rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from envprobe.probe.lane import Lane
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.pool import Pool

pytestmark = pytest.mark.tensorflow
LANE = Lane(name="CPU", config={"cpu_devices": 2, "gpus": "none"})


@pytest.fixture(scope="module")
def pool(tensorflow_python: str) -> Iterator[Pool]:
    """One worker with two CPU devices, so that it looks into the graphs that ran."""
    with Pool([tensorflow_python, str(WORKER_FOLDER)]) as started:
        yield started


def run(pool: Pool, **asked: Any) -> dict[str, Any]:
    cell = {
        "variant": "model-0000000000",
        "dtype": "float32",
        "device": "CPU:1",
        "direction": "forward",
        "mode": "graph",
        "attrs": {},
        "fixed": [],
        "gradient": [],
        "reference": "float64",
        "reference_optional": True,
        "nonfinite": False,
        "composite": None,
        "tolerance": 1e-4,
        **asked,
    }
    with pool.exclusive(LANE) as (worker,):
        return worker.ask({"ask": "run", "cell": cell})


def made(dtype: str, *shape: int, **more: Any) -> dict[str, Any]:
    known = {"values": "normal", "low": None, "high": None, "constant": False, "literal": None}
    return {**known, "dtype": dtype, "shape": list(shape), "count": 1, "fixed": False, **more}


@pytest.mark.parametrize("count", [2, 11])
def test_the_elements_of_a_list_may_differ_in_shape(pool: Pool, count: int) -> None:
    """Eleven: `values:10` comes after `values:9`, not after `values:1`."""
    values = {f"values:{at}": made("float32", 2, 1 + at) for at in range(count)}
    axis = made("int32", literal=1, constant=True, fixed=True)
    answer = run(pool, op="ConcatV2", inputs={**values, "axis": axis})
    assert (answer["status"], answer["reason"]) == ("supported", None)
    assert answer["shapes"]["output:0"] == [2, sum(range(1, count + 1))]
    assert answer["max_relative_error"] == 0.0


def test_the_elements_of_a_list_may_differ_in_dtype(pool: Pool) -> None:
    inputs = {"input:0": made("float32", 2), "input:1": made("int32", 3, fixed=True)}
    answer = run(pool, op="IdentityN", inputs=inputs, reference="runs")
    assert (answer["status"], answer["reason"]) == ("supported", None)
    assert answer["shapes"]["output:1"] == [3]


def test_a_list_may_be_empty(pool: Pool) -> None:
    attrs = {"inputs": [], "template": "nothing"}
    answer = run(pool, op="StringFormat", dtype="string", inputs={}, attrs=attrs, reference="runs")
    assert (answer["status"], answer["reason"]) == ("supported", None)


def test_finite_numbers_will_do_where_there_is_no_reference(pool: Pool) -> None:
    """The forward kernels that LRN has are narrower than float64."""
    asked: dict[str, Any] = {"op": "LRN", "inputs": {"input": made("float32", 1, 2, 2, 8)}}
    assert run(pool, **asked)["status"] == "supported"
    assert run(pool, **asked, variant="other", reference_optional=False)["status"] == "untested"


def test_infinite_numbers_will_not(pool: Pool) -> None:
    """exp(200) is beyond float32; without a reference nobody knows that it has to be."""
    inputs = {"x": made("float32", 2, literal=[200.0, 1.0], fixed=True)}
    answer = run(pool, op="Exp", inputs=inputs, reference="runs")
    assert answer["status"] == "wrong_result"
    assert "infinity" in answer["reason"]


def test_what_the_graph_optimizer_takes_away_is_run_without_a_graph(pool: Pool) -> None:
    asked: dict[str, Any] = {"op": "Identity", "inputs": {"input": made("float32", 2)}}
    assert run(pool, **asked)["status"] == "supported"
    row = run(pool, **asked, variant="other", reference_optional=False)
    assert (row["status"], "left no Identity" in row["reason"]) == ("untested", True)


@pytest.mark.parametrize(
    ("keys", "values"), [("int64", "float32"), ("string", "int64"), ("int64", "string")]
)
def test_a_table_has_the_models_dtypes(pool: Pool, keys: str, values: str) -> None:
    """What `tf.constant` would make of them by itself is int32."""
    literal = {
        "keys": ["a", "b"] if keys == "string" else [0, 1],
        "values": ["x", "y"] if values == "string" else [3, 4],
        "dtypes": {"keys": keys, "values": values},
    }
    inputs = {
        "table_handle": made(values, 2, values="table", literal=literal),
        "keys": made(keys, 3, values="index", low=0, high=2, fixed=True),
        "default_value": made(values, fixed=True),
    }
    answer = run(pool, op="LookupTableFindV2", dtype=values, inputs=inputs, reference="runs")
    assert (answer["status"], answer["reason"]) == ("supported", None)
