"""Which code a build has for a GPU: from its fatbins, the table, or the list that it states."""

from __future__ import annotations

import msgspec
import pytest

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    changed,
    healthy_cpu,
    healthy_gpu,
    with_gpu,
    with_release,
    with_tensorflow_version,
)
from envprobe.doctor.judge import judge
from envprobe.doctor.rules._gpu_code import (
    code_for,
    is_official,
    newest_release_for,
    shown_gpus,
)
from envprobe.facts.tensorflow_binaries import Binaries
from envprobe.facts.unknown import Unknown
from envprobe.inventory.fatbins import GpuCode
from envprobe.inventory.gpu import Gpu

STATED = "inventory.software.build.cuda_compute_capabilities"


def kind(examination: Examination, capability: str) -> str:
    code = code_for(examination, capability)
    return code.kind if isinstance(code, Binaries) else "unknown"


def codes(examination: Examination) -> set[str]:
    return {finding.code for finding in judge(examination)}


@pytest.mark.parametrize(
    ("release", "capability", "expected"),
    [
        ("2.20.0", "8.0", "sass"),
        ("2.20.0", "9.0", "sass_and_ptx"),
        ("2.20.0", "12.0", "incomplete"),
        ("2.21.0", "12.0", "ptx"),
        ("2.15.1", "9.0", "ptx"),
        ("2.15.1", "3.7", "none"),
        ("2.17.1", "5.2", "none"),
    ],
)
def test_an_official_wheel_is_told_by_the_table(
    release: str, capability: str, expected: str
) -> None:
    machine = with_release(healthy_gpu(), release)
    assert is_official(machine)
    assert kind(machine, capability) == expected


def test_a_build_of_ones_own_is_told_by_the_list_it_states() -> None:
    machine = changed(healthy_gpu(), STATED, ("sm_90", "sm_120", "compute_120"))
    assert not is_official(machine)
    assert kind(machine, "12.0") == "sass"
    assert kind(machine, "12.1") == "sass"
    assert kind(machine, "8.0") == "none"


def test_a_list_of_another_spelling_is_unknown() -> None:
    machine = changed(healthy_gpu(), STATED, ("7.0", "8.0"))
    assert code_for(machine, "8.0") == Unknown("the build does not say what it was compiled for")


def test_fatbins_that_were_read_go_before_the_table() -> None:
    code = GpuCode(sass=("sm_120",), ptx=("sm_120",), ptx_isa=("8.7",), count=9)
    machine = changed(healthy_gpu(), "inventory.software.gpu_code", (code,))
    assert kind(machine, "12.0") == "sass"
    assert kind(machine, "8.0") == "none"


def test_nothing_is_told_of_a_cpu_build_or_an_unknown_capability() -> None:
    assert kind(healthy_cpu(), "8.0") == "unknown"
    assert kind(healthy_gpu(), "99.0") == "unknown"
    machine = with_tensorflow_version(healthy_gpu(), "2.21.0.dev20260309")
    assert kind(changed(machine, STATED, None), "8.0") == "unknown"


def test_gpus_of_one_model_are_told_at_once() -> None:
    gpu = healthy_gpu().gpus[0]
    others = tuple(msgspec.structs.replace(gpu, nvml_index=index) for index in (1, 2))
    machine = changed(healthy_gpu(), "inventory.nvml.gpus", (gpu, *others))
    assert [gpus.who for gpus in shown_gpus(machine)] == [
        "GPU 0, 1, 2 (NVIDIA A100-SXM4-40GB, compute capability 8.0)"
    ]


def test_where_nvml_is_silent_tensorflows_devices_count() -> None:
    machine = changed(healthy_gpu(), "inventory.nvml.gpus", ())
    assert [gpus.capability for gpus in shown_gpus(machine)] == ["8.0"]
    silent = changed(healthy_gpu(), "inventory.nvml.gpus", (Gpu(nvml_index=0),))
    assert shown_gpus(silent) == ()


def test_the_release_for_a_gpu_has_a_wheel_for_this_python() -> None:
    assert newest_release_for(healthy_gpu(), "5.2") == "2.16.2"
    assert newest_release_for(healthy_gpu(), "3.7") == "2.14.1"
    newer = changed(healthy_gpu(), "inventory.software.python.version", "3.13.1")
    assert newest_release_for(newer, "5.2") is None


def test_blackwell_is_told_what_fails_and_what_to_install() -> None:
    machine = with_gpu(healthy_gpu(), "NVIDIA GeForce RTX 5090", "12.0")
    found = {finding.code: finding for finding in judge(machine)}
    assert "sm_90a" in found["DOC257"].seen
    assert "jit_compile=False" in str(found["DOC257"].fix)
    assert "tensorflow[and-cuda]==2.21.0" in str(found["DOC257"].command)
    assert not {"DOC254", "DOC255", "DOC256"} & found.keys()


def test_hopper_under_an_old_driver_is_told_once() -> None:
    machine = with_gpu(healthy_gpu(), "NVIDIA H200", "9.0")
    old = changed(machine, "inventory.nvml.driver_version", "550.54.15")
    assert codes(machine) & {"DOC250", "DOC251", "DOC252", "DOC256"} == {"DOC256"}
    old = changed(old, "inventory.nvml.cuda_driver_version", "12.4")
    assert codes(old) & {"DOC250", "DOC251", "DOC252", "DOC256"} == {"DOC251"}


def test_in_wsl_the_driver_is_that_of_windows() -> None:
    machine = changed(healthy_gpu(), "inventory.nvml.driver_version", "527.41")
    assert "DOC250" not in codes(machine)
    assert "DOC250" in codes(changed(machine, "inventory.host.surroundings.wsl", "wsl2"))
