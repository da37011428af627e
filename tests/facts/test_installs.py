"""What the extra [and-cuda] requires, and what plain installations lead to."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet

from envprobe.facts.and_cuda_pins import CudaPin, and_cuda_pins
from envprobe.facts.fresh_installs import fresh_installs, fresh_installs_of
from envprobe.facts.tensorflow_releases import (
    TensorFlowRelease,
    tensorflow_release,
    tensorflow_releases,
)
from envprobe.facts.unknown import Unknown


def pins(release: str) -> dict[str, CudaPin]:
    found = and_cuda_pins(release)
    assert not isinstance(found, Unknown)
    return {pin.package: pin for pin in found}


def test_the_extra_begins_with_2_14_and_asks_for_cudnn_ever_since() -> None:
    for release in tensorflow_releases():
        minor = tuple(map(int, release.version.split(".")[:2]))
        if minor < (2, 14):
            assert isinstance(and_cuda_pins(release.version), Unknown)
        else:
            cudnn = [name for name in pins(release.version) if name.startswith("nvidia-cudnn-cu")]
            assert len(cudnn) == 1


def test_pins_that_decide() -> None:
    assert pins("2.18.1")["nvidia-cudnn-cu12"].specifier == "==9.3.0.75"
    assert pins("2.20.0")["nvidia-cudnn-cu12"].specifier == ">=9.3.0.75,<10.0"
    assert pins("2.20.0")["nvidia-cudnn-cu12"].resolved == "9.27.0.42"
    assert "tensorrt-libs" in pins("2.15.0")
    assert not any(name.startswith("tensorrt") for name in pins("2.15.1"))
    assert pins("2.16.2")["nvidia-nccl-cu12"].why_unresolved == "not tried"


def test_what_pip_chose_is_what_the_specifier_allows() -> None:
    for release in tensorflow_releases():
        found = and_cuda_pins(release.version)
        for pin in () if isinstance(found, Unknown) else found:
            assert (pin.resolved is None) is (pin.why_unresolved is not None)
            if pin.resolved:
                assert SpecifierSet(pin.specifier).contains(pin.resolved)


def test_a_plain_installation_of_2_10_fails_today_and_2_18_runs() -> None:
    assert {one.outcome for one in fresh_installs_of("2.10.1")} == {"import_fails"}
    assert {one.outcome for one in fresh_installs_of("2.18.1")} == {"runs"}
    assert fresh_installs_of("2.18.0") == ()


def test_each_installation_is_one_that_its_release_allows() -> None:
    for one in fresh_installs():
        release = tensorflow_release(one.release)
        assert isinstance(release, TensorFlowRelease)
        if one.outcome != "not_installable":
            assert one.python in release.pythons["linux_x86_64"]
            for package, version in one.versions.items():
                bound = release.bounds.get(package, "").partition(" ; ")[0]
                assert SpecifierSet(bound).contains(version, prereleases=True)
        assert (one.outcome in ("import_fails", "not_installable")) is bool(one.error)
