from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.evidence.dtype_states import DEVICE_TYPES
from envprobe.evidence.excerpt import excerpts
from envprobe.evidence.presence import OpHistory, op_history, releases_by_dtype, spelled
from envprobe.ops.catalog import load_catalog
from envprobe.registrations import known_releases, read_release
from envprobe.registrations.lookup import find_kernel

EVERY = ("1", "2", "3", "4", "5")


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ("12345", "all 5"),
        ("", "none"),
        ("345", "since 3"),
        ("123", "until 3"),
        ("234", "2 to 4"),
        ("3", "only 3"),
        ("1245", "until 2 and since 4"),
        ("24", "only 2 and only 4"),
    ],
)
def test_releases_in_words(there: str, words: str) -> None:
    assert spelled(tuple(there), EVERY) == words


@given(st.sets(st.sampled_from(EVERY)), st.sets(st.sampled_from(EVERY)))
def test_different_releases_are_spelled_differently(one: set[str], other: set[str]) -> None:
    words = [spelled(sorted(those), EVERY) for those in (one, other)]
    assert (words[0] == words[1]) == (one == other)


def history(op: str, dtype: str | None = None) -> OpHistory:
    return op_history(op, load_catalog().get(op), excerpts([op]), DEVICE_TYPES, dtype)


def test_when_kernels_came() -> None:
    found = history("GatherV2", "float8_e4m3fn")
    gpu = [kernel for kernel in found.kernels if kernel.device_type == "GPU"]
    assert [(kernel.dtypes, kernel.spelled) for kernel in gpu] == [
        (("float8_e4m3fn",), "since 2.15.1")
    ]
    assert found.changed


def test_an_op_that_never_changed() -> None:
    found = history("Conv3D")
    assert not found.changed
    assert {kernel.spelled for kernel in found.kernels} == {f"all {len(known_releases())}"}
    assert {kernel.device_type for kernel in found.kernels} == set(DEVICE_TYPES)
    assert found.gradient == known_releases()


def test_an_op_that_came_later_and_one_without_a_dtype() -> None:
    conv = history("Conv")
    assert conv.changed
    assert conv.defined == known_releases()[1:]
    assert {kernel.releases for kernel in conv.kernels} == {conv.defined}
    noop = history("NoOp")
    assert {kernel.dtypes for kernel in noop.kernels} == {None}
    assert noop.gradient == ()


@pytest.mark.parametrize("op", ["Cast", "GatherV2", "VarHandleOp", "MatMul", "Enter"])
def test_sharing_between_releases_changes_nothing(op: str) -> None:
    shared = releases_by_dtype(op, None, excerpts([op]), ("CPU", "GPU"))
    whole = releases_by_dtype(op, None, map(read_release, known_releases()), ("CPU", "GPU"))
    assert shared == whole


def test_a_release_counts_where_a_kernel_is_found_in_it() -> None:
    by_dtype = releases_by_dtype("Cast", None, excerpts(["Cast"]), ("GPU",))
    for dtype in ("int4", "float32", "string"):
        there = [
            release
            for release in known_releases()
            if find_kernel(read_release(release), "Cast", "GPU", {"SrcT": dtype})
        ]
        assert list(by_dtype.get(("GPU", dtype), ())) == there
