"""Which libraries are asked for, and where the question is put at all."""

from __future__ import annotations

import pytest

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu, with_tensorflow_version
from envprobe.doctor.judge import judge
from envprobe.doctor.openings import openings_question, sonames_of_build
from envprobe.doctor.rules._build import with_its_cuda
from envprobe.doctor.rules._start import failing
from envprobe.terms import Severity


def test_a_build_for_cuda_12_names_its_libraries() -> None:
    names = sonames_of_build(healthy_gpu())
    assert names is not None
    assert {"libcudart.so.12", "libcufft.so.11", "libcudnn.so.9"} <= set(names)
    assert "libcurand.so.10" not in names


def test_the_releases_before_2_14_want_curand_too() -> None:
    old = changed(healthy_gpu(), "inventory.software.build.cuda_version", "11.8")
    old = with_tensorflow_version(old, "2.13.1")
    assert "libcurand.so.10" in (sonames_of_build(old) or ())
    assert "libcudart.so.11.0" in (sonames_of_build(old) or ())


@pytest.mark.parametrize(
    "machine",
    [
        healthy_cpu(),
        changed(healthy_gpu(), "inventory.software.build.cuda_version", "99.0"),
        changed(healthy_gpu(), "inventory.software.build", None),
    ],
)
def test_what_is_not_known_is_not_asked(machine: Examination) -> None:
    assert sonames_of_build(machine) is None
    assert openings_question(machine.inventory) is None


def test_a_cuda_build_without_gpu_and_wheels_is_not_asked() -> None:
    machine = healthy_gpu()
    for path, value in (
        ("inventory.nvml.gpus", ()),
        ("inventory.pci_gpus", ()),
        ("inventory.software.packages", ()),
    ):
        machine = changed(machine, path, value)
    assert sonames_of_build(machine) is not None
    assert openings_question(machine.inventory) is None


def test_the_driver_is_asked_where_there_is_a_gpu() -> None:
    question = openings_question(healthy_gpu().inventory)
    assert question is not None
    assert question["sonames"][0] == "libcuda.so.1"
    assert question["folder"].endswith("/site-packages/tensorflow")
    without = openings_question(changed(healthy_gpu(), "inventory.nvml.gpus", ()).inventory)
    assert without is not None
    assert "libcuda.so.1" not in without["sonames"]


def test_libraries_that_were_never_installed_are_one_fault_with_one_command() -> None:
    names = sonames_of_build(healthy_gpu()) or ()
    missing = {name: f"{name}: cannot open shared object file" for name in names}
    machine = changed(healthy_gpu(), "openings", missing)
    machine = changed(machine, "inventory.tensorflow.devices", ())
    machine = changed(machine, "inventory.software.libraries", ())
    machine = changed(machine, "inventory.software.toolkits", ())
    (found,) = (one for one in judge(machine) if one.severity is Severity.ERROR)
    assert found.code == "DOC621"
    assert all(name in found.seen for name in missing)
    assert found.command == "/venv/bin/python -m pip install 'tensorflow[and-cuda]==2.20.0'"


@pytest.mark.parametrize("version", ["2.13.1", "2.17.0+nv25.1"])
def test_no_extra_is_asked_of_a_build_that_has_none(version: str) -> None:
    machine = with_tensorflow_version(healthy_gpu(), version)
    assert with_its_cuda(machine) is None


def test_the_extra_of_a_nightly_is_that_of_its_own_distribution() -> None:
    machine = with_tensorflow_version(healthy_gpu(), "2.22.0.dev20260309")
    assert with_its_cuda(machine) == "tf-nightly[and-cuda]==2.22.0.dev20260309"


def test_a_driver_that_hangs_is_told_once() -> None:
    machine = changed(failing("no answer within 120 s", kind="timed_out"), "openings", None)
    machine = changed(machine, "inventory.nvml.state", "timed_out")
    (found,) = (one for one in judge(machine) if one.severity is Severity.ERROR)
    assert found.code == "DOC107"
    assert "TensorFlow does not come up either" in found.seen
