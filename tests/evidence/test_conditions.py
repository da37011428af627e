from __future__ import annotations

import itertools

from envprobe.evidence.conditions import conditions
from envprobe.evidence.dtype_states import HAVE_KERNEL, dtype_states
from envprobe.registrations import read_release
from envprobe.registrations.lookup import find_kernel
from envprobe.terms import DTYPES

NEW = read_release("2.21.0")


def test_a_gpu_wants_the_shape_of_random_numbers_in_int32() -> None:
    dtypes = ("float16", "float32")
    found = conditions(NEW, "RandomUniform", "GPU", "dtype", dtypes)
    assert found == [(dtypes, ({"T": ("int32",)},))]
    assert conditions(NEW, "RandomUniform", "CPU", "dtype", dtypes) == []


def test_all_that_the_definition_allows_is_no_condition() -> None:
    assert conditions(NEW, "Sum", "GPU", "T", ("float32",)) == []


def test_the_conditions_are_those_under_which_there_is_a_kernel() -> None:
    states = dtype_states(NEW, "Cast", "GPU", "SrcT")
    sources = [dtype for dtype, state in states.items() if state in HAVE_KERNEL]
    allowed = {
        (source, target)
        for dtypes, ways in conditions(NEW, "Cast", "GPU", "SrcT", sources)
        for source in dtypes
        for way in ways
        for target in way["DstT"]
    }
    asked = itertools.product(sources, DTYPES)
    for source, target in asked:
        kernel = find_kernel(NEW, "Cast", "GPU", {"SrcT": source, "DstT": target})
        assert ((source, target) in allowed) == (kernel is not None), (source, target)
    assert ("float8_e4m3fn", "float64") not in allowed
    assert ("float8_e4m3fn", "float32") in allowed
