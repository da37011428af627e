"""Input data: seeded, of the right kind, never zero, fair to every dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.worker.inputs import GENERATORS, kind_of, make

KINDS = {
    "float32": np.float64,
    "bfloat16": np.float64,
    "complex64": np.complex128,
    "int8": np.int64,
    "uint4": np.int64,
    "qint8": np.int64,
    "bool": np.bool_,
}
ANY_SHAPE = sorted(set(GENERATORS) - {"segment_ids", "permutation", "table", "spectrum"})


def spec(values: str, dtype: str = "float32", shape: Any = (4, 4), **more: Any) -> dict[str, Any]:
    return {"values": values, "dtype": dtype, "shape": shape, **more}


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("values", ANY_SHAPE)
def test_shape_kind_and_no_zeros(values: str, dtype: str) -> None:
    array = make(spec(values, dtype), "seed")
    assert array.shape == (4, 4)
    assert array.dtype == KINDS[dtype]
    assert array.any()
    if dtype.startswith("u"):
        assert array.min() >= 0
    if dtype in ("int8", "uint4", "qint8"):
        assert np.abs(array).max() <= 16


@given(st.text(min_size=1), st.sampled_from(ANY_SHAPE))
def test_the_seed_alone_decides(seed: str, values: str) -> None:
    wanted = spec(values)
    assert np.array_equal(make(wanted, seed), make(dict(wanted, dtype="float16"), seed))


def test_another_seed_gives_other_numbers() -> None:
    assert not np.array_equal(make(spec("normal"), "a"), make(spec("normal"), "b"))


@pytest.mark.parametrize("values", ["distinct", "fractional", "sorted"])
def test_deciding_values_are_exact_in_bfloat16(values: str) -> None:
    array = make(spec(values, shape=(16, 16)), "seed")
    mantissa, _ = np.frexp(array)
    assert np.array_equal(mantissa * 2**8, np.round(mantissa * 2**8))


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint8"])
def test_distinct_values_are_distinct(dtype: str) -> None:
    array = make(spec("distinct", dtype, (5, 7)), "seed")
    assert len(np.unique(array)) == array.size
    assert array.all()


@pytest.mark.parametrize("values", ["normal", "nonzero", "unit", "fractional", "positive"])
def test_nothing_lies_next_to_zero(values: str) -> None:
    assert np.abs(make(spec(values, shape=(64, 64)), "seed")).min() >= 0.05


def test_indices_are_valid_and_not_all_zero() -> None:
    array = make(spec("index", "int32", (3,), high=6), "seed")
    assert array.min() >= 0
    assert array.max() == 5
    unique = make(spec("index_unique", "int32", (6,)), "seed")
    assert sorted(unique) == list(range(6))
    assert sorted(make(spec("permutation", "int32", (5,)), "seed")) == list(range(5))


def test_segment_ids_are_sorted_and_complete() -> None:
    array = make(spec("segment_ids", "int32", (7,), high=3), "seed")
    assert np.array_equal(array, np.sort(array))
    assert set(array) == {0, 1, 2}


def test_matrices_are_what_their_names_say() -> None:
    positive = make(spec("spd", shape=(2, 4, 4)), "seed")
    assert np.linalg.eigvalsh(positive).min() > 0
    orthogonal = make(spec("orthogonal"), "seed")
    assert np.allclose(orthogonal.T @ orthogonal, np.eye(4))
    assert not np.triu(make(spec("triangular"), "seed"), 1).any()
    assert np.allclose(make(spec("probabilities"), "seed").sum(-1), 1)
    assert np.array_equal(make(spec("one_hot"), "seed").sum(-1), np.ones(4))


def test_boxes_have_an_area() -> None:
    boxes = make(spec("boxes", shape=(20, 4)), "seed")
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert boxes.max() <= 1


def test_literals_and_lists_of_them() -> None:
    assert make({"literal": [1.5, 2.0], "dtype": "float16"}, "s").tolist() == [1.5, 2.0]
    assert make({"literal": ["3", "x"], "dtype": "string"}, "s").tolist() == [b"3", b"x"]
    several = {"literal": [[0, 3], [2]], "dtype": "int32", "count": 2}
    assert make(several, "op/default/indices/1").tolist() == [2]


def test_bounds_hold_for_integers_too() -> None:
    array = make(spec("uniform", "int8", (100,), low=2, high=5), "seed")
    assert set(array) == {2, 3, 4, 5}
    assert set(make(spec("uniform", "int8", (9,), low=0.1, high=0.9), "seed")) == {1}


def test_strings_stay_strings_and_numbers_numbers() -> None:
    assert isinstance(make(spec("normal", "string"), "seed")[0, 0], bytes)
    assert make(spec("string", "float32"), "seed").dtype == np.float64


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [("quint8", "uint"), ("qint32", "int"), ("bfloat16", "float"), ("float8_e5m2", "float")],
)
def test_kinds(dtype: str, kind: str) -> None:
    assert kind_of(dtype) == kind


def test_an_unknown_generator_is_an_error() -> None:
    with pytest.raises(KeyError, match="gaussian"):
        make(spec("gaussian"), "seed")
