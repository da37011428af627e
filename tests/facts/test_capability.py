"""What runs on what, by the rules of cubin and PTX compatibility."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.facts.capability import (
    Target,
    capability_of,
    machine_code_runs,
    ptx_compiles,
    target_of,
)

CAPABILITIES = st.tuples(st.integers(1, 20), st.integers(0, 9))
TARGETS = st.builds(Target, CAPABILITIES, st.sampled_from(["", "a", "f"]))


@given(CAPABILITIES, st.sampled_from(["sm", "compute"]), st.sampled_from(["", "a", "f"]))
def test_a_target_is_read_as_it_was_written(
    capability: tuple[int, int], prefix: str, suffix: str
) -> None:
    major, minor = capability
    assert target_of(f"{prefix}_{major}{minor}{suffix}") == Target(capability, suffix)
    assert capability_of(f"{major}.{minor}") == capability


@pytest.mark.parametrize(
    "text", ["", "90", "sm_9", "sm90", "sm_90b", "sm_90 ", "compute_", "sm_-90"]
)
def test_what_is_no_target_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no CUDA target"):
        target_of(text)


@pytest.mark.parametrize("text", ["", "8", "8.0.1", "sm_80", "8.x"])
def test_what_is_no_capability_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"(invalid literal|values to unpack)"):
        capability_of(text)


@given(TARGETS, CAPABILITIES)
def test_where_machine_code_runs_its_own_ptx_compiles(target: Target, gpu: tuple[int, int]) -> None:
    if machine_code_runs(target, gpu):
        assert ptx_compiles(target, gpu)
        assert gpu >= target.capability


@given(TARGETS, CAPABILITIES, CAPABILITIES)
def test_only_plain_ptx_is_good_for_all_that_comes_later(
    target: Target, gpu: tuple[int, int], later: tuple[int, int]
) -> None:
    if ptx_compiles(target, gpu) and later >= gpu and not target.suffix:
        assert ptx_compiles(target, later)
    if target.suffix == "a":
        assert ptx_compiles(target, gpu) == (gpu == target.capability)


@pytest.mark.parametrize(
    ("target", "capability", "machine_code", "ptx"),
    [
        ("sm_80", "8.0", True, True),
        ("sm_80", "8.9", True, True),
        ("sm_89", "8.6", False, False),
        ("sm_80", "9.0", False, True),
        ("sm_90", "12.0", False, True),
        ("sm_90a", "9.0", True, True),
        ("sm_90a", "12.0", False, False),
        ("sm_100f", "10.3", True, True),
        ("sm_100f", "12.0", False, False),
        ("sm_120", "12.1", True, True),
    ],
)
def test_examples(target: str, capability: str, machine_code: bool, ptx: bool) -> None:
    gpu = capability_of(capability)
    assert machine_code_runs(target_of(target), gpu) is machine_code
    assert ptx_compiles(target_of(target), gpu) is ptx
