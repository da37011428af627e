"""Toolkits and PTX of a compute capability."""

from __future__ import annotations

import pytest

from envprobe.facts.capability import capability_of
from envprobe.facts.cuda_capabilities import (
    capabilities_of_toolkit,
    cuda_capabilities,
    ptx_isa_suffices,
)
from envprobe.facts.unknown import Unknown


@pytest.mark.parametrize(
    ("cuda", "lowest", "highest"),
    [
        ("10.1", "3.0", "7.5"),
        ("11.0", "3.5", "8.0"),
        ("11.8", "3.5", "9.0"),
        ("12.5", "5.0", "9.0"),
        ("12.5.1", "5.0", "9.0"),
        ("12.8", "5.0", "12.0"),
        ("13.0", "7.5", "12.1"),
    ],
)
def test_what_a_toolkit_compiles_for(cuda: str, lowest: str, highest: str) -> None:
    found = capabilities_of_toolkit(cuda)
    assert (found[0], found[-1]) == (lowest, highest)
    assert list(found) == sorted(found, key=capability_of)


@pytest.mark.parametrize(
    ("ptx_isa", "capability", "expected"),
    [
        ("8.5", "9.0", True),
        ("8.5", "10.0", False),
        ("8.6", "10.0", True),
        ("8.6", "12.0", False),
        ("8.7", "12.0", True),
    ],
)
def test_ptx_names_only_targets_of_its_time(ptx_isa: str, capability: str, expected: bool) -> None:
    assert ptx_isa_suffices(ptx_isa, capability) is expected


def test_what_is_not_known() -> None:
    assert isinstance(ptx_isa_suffices("8.5", "99.0"), Unknown)
    assert isinstance(ptx_isa_suffices("8.5", "3.5"), Unknown)


def test_later_ptx_names_more() -> None:
    for known in cuda_capabilities().values():
        if known.least_ptx_isa:
            assert ptx_isa_suffices(known.least_ptx_isa, known.capability) is True
            assert ptx_isa_suffices("99.0", known.capability) is True
