"""What a real TensorFlow is made to say about its registry."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from envprobe.probe.lane import Lane
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.pool import Pool

pytestmark = pytest.mark.tensorflow
LANE = Lane(name="CPU", config={"cpu_devices": 1, "gpus": "none"}, limit_seconds=60.0)


@pytest.fixture(scope="module")
def answer(tensorflow_python: str) -> Iterator[dict[str, Any]]:
    """What a worker answers that is not to trace the gradients."""
    command = [tensorflow_python, str(WORKER_FOLDER)]
    with Pool(command) as pool, pool.exclusive(LANE) as (worker,):
        yield worker.ask({"ask": "registrations"})


def rows(answer: dict[str, Any], op: str, device_type: str) -> list[dict[str, Any]]:
    return [row for row in answer["kernels"][op] if row["device_type"] == device_type]


def test_xla_registered_its_kernels(answer: dict[str, Any]) -> None:
    assert answer["xla"] is None
    compiled = [op for op in answer["kernels"] if rows(answer, op, "XLA_CPU_JIT")]
    assert len(compiled) > 400


def test_kernels_with_the_same_constraints_are_one_row(answer: dict[str, Any]) -> None:
    (row,) = rows(answer, "MatMul", "CPU")
    assert row["constraints"] == ["T"]
    assert ["bfloat16"] in [values[0] for values in row["values"]]
    assert (row["label"], row["priority"], row["host_memory"]) == ("", 0, [])


def test_nothing_of_a_kernel_is_lost(answer: dict[str, Any]) -> None:
    assert rows(answer, "IteratorV2", "CPU")[0]["priority"] == 2
    on_host = [row for row in rows(answer, "AddV2", "DEFAULT") if row["host_memory"]]
    assert on_host[0]["host_memory"] == ["x", "y", "z"]
    assert on_host[0]["values"] == [[["int32"]]]
    labels = {row["label"] for row in rows(answer, "Conv2DBackpropInput", "CPU")}
    assert {"", "custom"} <= labels
    # Truth values and numbers are told as text, as dtypes are.
    (topk, *_) = rows(answer, "ApproxTopK", "CPU")
    found = dict(zip(topk["constraints"], topk["values"][0], strict=True))
    assert (found["is_max_k"], found["reduction_dimension"]) == (["true"], ["-1"])


def test_definitions_are_told_in_full(answer: dict[str, Any]) -> None:
    conv = answer["ops"]["Conv2D"]
    assert [argument["name"] for argument in conv["inputs"]] == ["input", "filter"]
    assert conv["inputs"][0] == {"name": "input", "type_attr": "T"}
    assert conv["attrs"]["padding"] == {
        "type": "string",
        "allowed": ["EXPLICIT", "SAME", "VALID"],
    }
    assert conv["attrs"]["dilations"] == {"type": "list(int)", "default": [1, 1, 1, 1]}
    assert "float32" in conv["attrs"]["T"]["allowed"]
    assert answer["ops"]["TopK"]["deprecated"].startswith("since GraphDef version 7: ")
    assert answer["ops"]["RandomUniform"]["stateful"] is True
    assert answer["ops"]["ConcatV2"]["inputs"][0]["number_attr"] == "N"
    assert answer["ops"]["IdentityN"]["inputs"][0]["type_list_attr"] == "T"
    assert answer["ops"]["TopK"]["outputs"][1] == {"name": "indices", "dtype": "int32"}
    assert answer["ops"]["ConcatV2"]["attrs"]["N"]["minimum"] == 2
    assert answer["ops"]["Assign"]["inputs"][0] == {"name": "ref", "type_attr": "T"}


def test_gradients_are_functions_or_declared_absent(answer: dict[str, Any]) -> None:
    gradients = answer["gradients"]
    assert gradients["MatMul"] == {"differentiable": True}
    assert gradients["BitwiseAnd"] == {"differentiable": False}
    assert "Fact" not in gradients
    assert set(gradients) <= set(answer["ops"])


ATTRIBUTES = """
import json, sys
sys.path.insert(0, sys.argv[1])
from tensorflow.core.framework import attr_value_pb2, types_pb2
from worker.attributes import dtype_name, plain_value
def value(**fields):
    return plain_value(attr_value_pb2.AttrValue(**fields))
def listed(**fields):
    return value(list=attr_value_pb2.AttrValue.ListValue(**fields))
shape = {"dim": [{"size": 2}]}
print("\\n" + json.dumps({
    "half": dtype_name(types_pb2.DT_HALF),
    "ref": dtype_name(types_pb2.DT_FLOAT_REF),
    "type": value(type=types_pb2.DT_BFLOAT16),
    "text": value(s=b"NHWC"),
    "bytes": value(s=b"\\xff"),
    "float": value(f=0.1),
    "int": value(i=-3),
    "bool": value(b=True),
    "types": listed(type=[types_pb2.DT_INT8, types_pb2.DT_BOOL]),
    "ints": listed(i=[1, 2]),
    "nothing": listed(),
    "unset": value(),
    "shape": value(shape=shape),
}))
"""


def test_attribute_values_become_plain_ones(tensorflow_python: str) -> None:
    done = subprocess.run(
        [tensorflow_python, "-c", ATTRIBUTES, str(WORKER_FOLDER.parent)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "half": "float16",
        "ref": "ref(float32)",
        "type": "bfloat16",
        "text": "NHWC",
        "bytes": "\\xff",
        "float": 0.1,
        "int": -3,
        "bool": True,
        "types": ["int8", "bool"],
        "ints": [1, 2],
        "nothing": [],
        "unset": None,
        "shape": "dim { size: 2 }",
    }
