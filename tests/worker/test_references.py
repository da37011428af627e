"""The numpy references against TensorFlow where it has float64, and against known answers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from envprobe.ops.catalog import load_catalog, resolve, variant_of, variants_of
from envprobe.ops.tolerance import tolerance_of
from envprobe.worker.references import PROPERTIES, REFERENCES

WORKER = Path(__file__).parents[2]
RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
from envprobe.worker import raw_op
from envprobe.worker import run
import tensorflow as tf
answers = []
for cell in json.load(sys.stdin):
    answer = run.run({"cell": cell})
    silent = cell["reference"] == "numpy" and raw_op.build(cell).reference is None
    answers.append([answer["status"], answer["reason"], silent])
print(json.dumps(answers))
"""


def cells() -> list[dict[str, Any]]:
    """Each row with a reference of its own, in the widest dtype that it expects to work."""
    found = []
    for op, row in load_catalog().items():
        for name in variants_of(row):
            variant = variant_of(op, row, name)
            working = row.dtypes if variant.dtypes is None else variant.dtypes
            if (variant.reference or row.reference) not in ("numpy", "property"):
                continue
            for dtype in sorted(set(working) & {"float64", "float32", "int64", "uint8", "string"}):
                resolved = resolve(op, row, name, dtype)
                cell = msgspec.to_builtins(resolved)
                cell["tolerance"] = resolved.tolerance * tolerance_of(dtype)
                found.append(dict(cell, device="CPU:0", direction="forward", mode="eager"))
    return found


@pytest.mark.tensorflow
def test_references_agree_with_tensorflow(tensorflow_python: str) -> None:
    asked = cells()
    ran = subprocess.run(
        [tensorflow_python, "-c", RUN, str(WORKER)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    answers = json.loads(ran.stdout.splitlines()[-1])
    wrong = [
        f"{cell['op']}/{cell['variant']}/{cell['dtype']}: {answer}"
        for cell, answer in zip(asked, answers, strict=True)
        if answer[0] != "supported" or answer[2]
    ]
    assert len(asked) > 100
    assert wrong == []


def reference(op: str, inputs: dict[str, Any], **attrs: Any) -> list[Any]:
    found = REFERENCES[op](inputs, attrs)
    assert found is not None
    return found


def test_integers_are_divided_towards_zero() -> None:
    x, y = np.array([-7, 7, -7]), np.array([2, -2, -2])
    assert reference("TruncateDiv", {"x": x, "y": y})[0].tolist() == [-3, -3, 3]
    assert reference("FloorDiv", {"x": x, "y": y})[0].tolist() == [-4, -4, 3]


def test_unique_keeps_the_order_of_first_appearance() -> None:
    values, where, counts = reference("UniqueWithCounts", {"x": np.array([3, 1, 3])})
    assert values.tolist() == [3, 1]
    assert where.tolist() == [0, 1, 0]
    assert counts.tolist() == [2, 1]


def test_batch_normalisation_centres_and_scales() -> None:
    x = np.random.default_rng(1).normal(3.0, 2.0, (8, 3, 4, 4))
    inputs = {
        "x": x,
        "scale": np.ones(3),
        "offset": np.full(3, 5.0),
        "mean": None,
        "variance": None,
    }
    y, mean, variance, *reserved = reference(
        "FusedBatchNormV3", inputs, data_format="NCHW", is_training=True, epsilon=0.0
    )
    assert np.allclose(y.mean(axis=(0, 2, 3)), 5.0)
    assert np.allclose(y.std(axis=(0, 2, 3)), 1.0)
    assert np.allclose(mean, x.mean(axis=(0, 2, 3)))
    assert np.allclose(variance, x.var(axis=(0, 2, 3), ddof=1))
    assert reserved == [None, None, None]


def test_the_gradient_of_batch_normalisation_is_its_slope() -> None:
    rng = np.random.default_rng(2)
    x, upstream = rng.normal(size=(2, 2, 2, 1)), rng.normal(size=(2, 2, 2, 1))
    attrs = {"data_format": "NHWC", "is_training": True, "epsilon": 0.001}
    inputs = {"scale": np.ones(1), "offset": np.zeros(1), "mean": None, "variance": None}

    def loss(values: Any) -> float:
        y = reference("FusedBatchNormV3", dict(inputs, x=values), **attrs)[0]
        return float((y * upstream).sum())

    saved = {"reserve_space_1": x.mean(axis=(0, 1, 2)), "reserve_space_2": x.var(axis=(0, 1, 2))}
    gradient = reference(
        "FusedBatchNormGradV3",
        {"x": x, "y_backprop": upstream, "scale": np.ones(1), **saved},
        **attrs,
    )[0]
    step = np.zeros_like(x)
    step[0, 1, 0, 0] = 1e-6
    slope = (loss(x + step) - loss(x - step)) / 2e-6
    assert gradient[0, 1, 0, 0] == pytest.approx(slope, rel=1e-4)


def test_a_dtype_that_numpy_refuses_has_no_reference() -> None:
    assert REFERENCES["BitwiseAnd"]({"x": np.ones(2), "y": np.ones(2)}, {}) is None


@pytest.mark.parametrize(
    ("op", "outputs", "wrong"),
    [
        ("RandomUniform", np.linspace(0, 1, 4096), None),
        ("RandomUniform", np.linspace(0, 0.5, 4096), "mean"),
        ("RandomUniform", np.linspace(-1, 2, 4096), "values from"),
        ("RandomUniform", np.full(4096, 0.5), "standard deviation"),
        ("RandomStandardNormal", np.full(4096, np.nan), "finite"),
        ("TruncatedNormal", np.random.default_rng(0).normal(size=4096), "values from"),
    ],
)
def test_what_a_generator_must_give(op: str, outputs: Any, wrong: str | None) -> None:
    found = PROPERTIES[op]([outputs], {}, {})
    assert (found is None) if wrong is None else (found is not None and wrong in found)


def test_a_shuffle_keeps_the_values() -> None:
    given = {"value": np.arange(8)}
    assert PROPERTIES["RandomShuffle"]([given["value"][::-1]], given, {}) is None
    assert PROPERTIES["RandomShuffle"]([given["value"]], given, {}) is not None
    assert PROPERTIES["RandomShuffle"]([np.zeros(8, int)], given, {}) is not None


def test_a_decomposition_is_multiplied_out() -> None:
    matrix = np.array([[2.0, 1.0], [1.0, 3.0]])
    q, r = np.linalg.qr(matrix)
    assert PROPERTIES["Qr"]([q, r], {"input": matrix}, {}) is None
    assert PROPERTIES["Qr"]([q, r * 1.01], {"input": matrix}, {}) is not None
    values, vectors = np.linalg.eigh(matrix)
    assert PROPERTIES["SelfAdjointEigV2"]([values, vectors], {"input": matrix}, {}) is None
    assert PROPERTIES["SelfAdjointEigV2"]([values[::-1], vectors], {"input": matrix}, {})
