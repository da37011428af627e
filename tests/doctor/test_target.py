"""Forecasts: what another release of TensorFlow would meet on a machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    changed,
    healthy_cpu,
    healthy_gpu,
    with_environ,
    with_package,
)
from envprobe.doctor.forecast import Change, Forecast
from envprobe.doctor.judge import judge
from envprobe.doctor.openings import sonames_of_build
from envprobe.doctor.target import forecast_of, requested
from envprobe.errors import UsageError
from envprobe.facts.tensorflow_releases import tensorflow_releases
from envprobe.terms import Severity


def forecast(examination: Examination, text: str) -> tuple[Forecast, Examination]:
    return forecast_of(examination, requested(text))


def named(result: Forecast) -> dict[str, Change]:
    return {change.name: change for change in result.changes}


@pytest.mark.parametrize(
    ("text", "distribution", "and_cuda"),
    [
        ("tensorflow==2.18.1", "tensorflow", False),
        ("tensorflow[and-cuda]==2.18.1", "tensorflow", True),
        ("tensorflow[and_cuda] == 2.18.1", "tensorflow", True),
        ("TensorFlow_CPU==2.18.1", "tensorflow-cpu", False),
        ("2.18.1", "tensorflow", False),
    ],
)
def test_what_is_understood(text: str, distribution: str, and_cuda: bool) -> None:
    wanted = requested(text)
    assert (wanted.distribution, wanted.and_cuda) == (distribution, and_cuda)
    assert wanted.release.version == "2.18.1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tensorflow==2.18.7", "known of 2.18 are 2.18.0, 2.18.1"),
        ("tensorflow==1.15.0", "known in all are 2.0.0 to"),
        ("tensorflow", "expected one like"),
        ("tensorflow>=2.18", "expected one like"),
        ("tensorflow==2.18.*", "expected one like"),
        ("torch==2.5.0", "torch"),
        ("what is this", "names no release"),
        ("", "names no release"),
        ("tensorflow==2.17.0+nv25.2", "vendor's build"),
    ],
)
def test_what_is_not_understood_is_one_line(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("+", r"\+")) as raised:
        requested(text)
    assert "\n" not in str(raised.value)


def test_the_release_that_is_installed_changes_nothing() -> None:
    result, after = forecast(healthy_cpu(), "tensorflow-cpu==2.20.0")
    assert result.changes == ()
    assert [f for f in judge(after) if f.severity is not Severity.INFO] == []


def test_what_the_release_bounds_is_named_and_does_not_block() -> None:
    machine = with_package(healthy_cpu(), "numpy", "2.3.4")
    result, after = forecast(machine, "tensorflow-cpu==2.18.1")
    numpy = named(result)["numpy"]
    assert numpy.here == "2.3.4"
    assert "<2.1.0" in numpy.needs
    assert not numpy.blocks
    assert after.package("numpy") is None, "which one would come cannot be told"


def test_a_bound_that_depends_on_the_python_is_that_of_this_one() -> None:
    machine = with_package(healthy_cpu(), "numpy", "2.3.4")
    result, after = forecast(machine, "tensorflow-cpu==2.16.1")  # its numpy differs by Python
    assert "<2.0.0" in named(result)["numpy"].needs
    assert not [f for f in judge(after) if "numpy" in f.name]


def test_a_version_that_pip_chose_once_is_taken() -> None:
    machine = changed(healthy_cpu(), "inventory.software.python.version", "3.9.18")
    result, after = forecast(machine, "tensorflow-cpu==2.7.0")
    assert any("import fails" in line for line in result.tried)
    assert str(after.package("protobuf")) == "5.29.5", "what fits stays as it is"


def test_a_python_without_a_wheel_blocks() -> None:
    machine = changed(healthy_cpu(), "inventory.software.python.version", "3.14.0")
    result, _ = forecast(machine, "tensorflow==2.18.1")
    python = named(result)["Python"]
    assert python.blocks
    assert python.needs == "3.9 or 3.10 or 3.11 or 3.12"


def test_a_platform_without_a_wheel_blocks() -> None:
    machine = changed(healthy_cpu(), "inventory.software.python.platform", "macosx-13.0-x86_64")
    result, _ = forecast(machine, "tensorflow==2.18.1")
    assert named(result)["platform"].blocks


def test_an_old_c_library_blocks() -> None:
    machine = changed(healthy_cpu(), "inventory.host.libc", "glibc 2.12")
    result, _ = forecast(machine, "tensorflow==2.18.1")
    assert named(result)["glibc"].here == "2.12"


def test_another_distribution_goes_first() -> None:
    result, after = forecast(healthy_cpu(), "tensorflow==2.18.1")
    assert named(result)["tensorflow-cpu"].needs == "uninstalled"
    assert "pip uninstall -y tensorflow-cpu && " in result.command
    assert [one.name for one in after.inventory.software.tensorflow or ()] == ["tensorflow"]


def test_a_gpu_gets_the_libraries_that_the_release_pins() -> None:
    result, after = forecast(healthy_gpu(), "tensorflow==2.18.1")
    assert result.requirement == "tensorflow[and-cuda]==2.18.1"
    assert str(after.package("nvidia-cudnn-cu12")) == "9.3.0.75"
    build = after.inventory.software.build
    assert build is not None
    assert (build.is_cuda_build, build.cudnn_version) == (True, "9")
    wanted = sonames_of_build(after)
    found = {one.soname for one in after.inventory.software.libraries or ()}
    assert wanted is not None
    assert set(wanted) <= found
    assert [f for f in judge(after) if f.severity is Severity.ERROR] == []


def test_a_library_on_ld_library_path_still_goes_first() -> None:
    machine = healthy_gpu()
    own = next(
        one for one in machine.inventory.software.libraries or () if one.soname == "libcudnn.so.9"
    )
    old = replace(own, source="LD_LIBRARY_PATH", path="/opt/libcudnn.so.9", version="9.0.0")
    machine = changed(machine, "inventory.software.libraries", (old,))
    machine = with_environ(machine, LD_LIBRARY_PATH="/opt")
    _, after = forecast(machine, "tensorflow==2.18.1")
    orders = {
        one.path: one.order
        for one in after.inventory.software.libraries or ()
        if one.soname == "libcudnn.so.9"
    }
    assert orders["/opt/libcudnn.so.9"] == 0
    assert set(orders.values()) == {0, 1}


def test_the_driver_of_the_machine_is_held_against_the_release() -> None:
    machine = changed(healthy_gpu(), "inventory.nvml.driver_version", "450.80.02")
    machine = changed(machine, "inventory.nvml.cuda_driver_version", "11.0")
    _, after = forecast(machine, "tensorflow==2.18.1")
    assert any("driver" in f.name for f in judge(after) if f.severity is Severity.ERROR)


def test_nothing_of_a_forecast_was_started() -> None:
    _, after = forecast(healthy_gpu(), "tensorflow==2.18.1")
    assert after.inventory.tensorflow is None
    assert after.start_failure is None
    assert after.openings is None


@pytest.mark.parametrize("machine", [healthy_cpu, healthy_gpu])
def test_every_known_release_has_a_forecast(machine: Callable[[], Examination]) -> None:
    examination = machine()
    for release in tensorflow_releases():
        result, after = forecast(examination, release.version)
        assert result.release == release.version
        judge(after)


@pytest.mark.parametrize("installed", ["2.13.1", None])
def test_the_keras_that_comes_along_is_not_missing(installed: str | None) -> None:
    machine = with_package(healthy_cpu(), "keras", installed)
    machine = changed(machine, "inventory.software.python.version", "3.12.1")
    _, after = forecast(machine, "tensorflow-cpu==2.18.1")
    assert "DOC615" not in {finding.code for finding in judge(after)}
    assert str(after.package("keras")).startswith("3.")
