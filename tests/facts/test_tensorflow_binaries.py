"""Which code of which wheel runs on which GPU."""

from __future__ import annotations

import pytest

from envprobe.facts.capability import target_of
from envprobe.facts.cuda_capabilities import cuda_capabilities
from envprobe.facts.tensorflow_binaries import Binaries, binary_for, fatbins_by_release
from envprobe.facts.tensorflow_releases import TensorFlowRelease, tensorflow_releases
from envprobe.facts.unknown import Unknown


def binaries(release: str, capability: str) -> Binaries:
    found = binary_for(release, capability)
    assert isinstance(found, Binaries)
    return found


@pytest.mark.parametrize(
    ("release", "capability", "kind"),
    [
        ("2.3.4", "5.0", "none"),  # sm_52 is newer, and PTX begins at 7.0
        ("2.3.4", "8.0", "ptx"),
        ("2.7.0", "8.6", "sass"),
        ("2.13.1", "3.5", "sass"),
        ("2.13.1", "8.6", "sass_and_ptx"),
        ("2.13.1", "9.0", "ptx"),
        ("2.15.1", "3.7", "none"),
        ("2.16.2", "5.2", "sass"),
        ("2.17.1", "5.2", "none"),
        ("2.18.1", "7.5", "sass"),
        ("2.18.1", "9.0", "sass_and_ptx"),
        ("2.18.1", "12.0", "incomplete"),
        ("2.20.0", "10.0", "incomplete"),
        ("2.21.0", "12.0", "ptx"),
        ("2.22.0rc0", "12.1", "ptx"),
    ],
)
def test_kinds(release: str, capability: str, kind: str) -> None:
    assert binaries(release, capability).kind == kind


def test_ptx_of_an_a_target_is_stuck_on_newer_gpus() -> None:
    found = binaries("2.18.1", "12.0")
    assert found.unusable == 1149  # the kernels that MLIR generates
    assert found.stuck_targets == ("sm_90a",)
    assert found.compiled_by_driver > 0
    assert found.native == 0


def test_a_gpu_that_is_too_old_has_no_stuck_target() -> None:
    assert binaries("2.18.1", "5.0").stuck_targets == ()


@pytest.mark.parametrize("release", fatbins_by_release())
def test_every_kernel_is_counted_once_on_every_gpu(release: str) -> None:
    count = sum(group.count for group in fatbins_by_release()[release])
    for capability, known in cuda_capabilities().items():
        if not known.jetson:
            found = binaries(release, capability)
            assert found.native + found.compiled_by_driver + found.unusable == count


@pytest.mark.parametrize("one", tensorflow_releases(), ids=lambda one: str(one.version))
def test_the_fatbins_agree_with_what_the_build_says(one: TensorFlowRelease) -> None:
    groups = fatbins_by_release()[one.version]
    if one.targets_of_build is not None:
        # A `compute_80` of the build means machine code and PTX for 8.0.
        built = {target_of(target).capability for target in one.targets_of_build}
        assert {target.capability for group in groups for target in group.sass} == built


@pytest.mark.parametrize(
    ("release", "capability", "reason"),
    [
        ("2.18.1", "8.7", "Jetson"),
        ("2.18.1", "13.0", "no table knows"),
        ("2.18.1", "", "no table knows"),
        ("2.17.0+nv25.2", "9.0", "not been read"),
    ],
)
def test_what_is_not_known(release: str, capability: str, reason: str) -> None:
    found = binary_for(release, capability)
    assert isinstance(found, Unknown)
    assert reason in found.reason
