from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from envprobe.matrix.matrix import Device
from envprobe.report.machine import device_line, known, machine_lines, shown
from envprobe.scanning.result import ScanResult

MakeResult = Callable[..., ScanResult]

GPU = {
    "nvml_index": 1,
    "cuda_index": None,
    "name": "NVIDIA H200",
    "compute_capability": "9.0",
    "memory_total_bytes": 141 * 2**30,
    "unknown": {"cuda_index": "CUDA_VISIBLE_DEVICES leaves it out"},
}
INVENTORY: dict[str, Any] = {
    "host": {
        "os": "Debian GNU/Linux 12",
        "kernel": None,
        "surroundings": {"container": "docker", "virtual_machine": "none"},
        "unknown": {"kernel": "/proc is not mounted"},
    },
    "cpu": {
        "model": "Tea Kettle 9000",
        "logical_cores": 8,
        "physical_cores": 4,
        "quota_cores": 1.5,
    },
    "memory": {"total_bytes": 16 * 2**30, "available_bytes": 9 * 2**30, "limit_bytes": 8 * 2**30},
    "nvml": {"driver_version": "570.1", "gpus": [GPU]},
}


def test_what_is_known_is_told_in_human_units(make_result: MakeResult) -> None:
    lines = dict(machine_lines(make_result(inventory=INVENTORY).matrix))
    assert lines["Host"] == (
        "teapot, Debian GNU/Linux 12, kernel unknown (/proc is not mounted), container docker"
    )
    assert lines["CPU"] == (
        "Tea Kettle 9000, 8 cores (4 physical), of which 1.5 may be used, avx avx2 fma"
    )
    assert lines["Memory"] == "16 GiB, 9 GiB available, limited to 8 GiB"
    assert lines["GPU 1"] == (
        "NVIDIA H200, compute capability 9.0, 141 GiB, driver 570.1, "
        "not seen by TensorFlow: CUDA_VISIBLE_DEVICES leaves it out"
    )
    assert lines["TensorFlow"] == "2.21.0, CPU build, oneDNN on, v2.21.0-0-gabc"
    assert lines["Python"] == "3.11, keras 3.15.1, numpy 2.4.6"


def test_an_empty_inventory_is_unknown_and_no_fault(make_result: MakeResult) -> None:
    lines = dict(machine_lines(make_result().matrix))
    assert lines["Memory"] == "unknown"
    assert lines["CPU"].startswith("unknown, unknown cores")
    assert lines["GPU"] == "none"


def test_a_tensorflow_that_does_not_start_is_named(make_result: MakeResult) -> None:
    environment = msgspec.structs.replace(make_result().matrix.environment, tensorflow=None)
    lines = dict(machine_lines(make_result(environment=environment, devices=()).matrix))
    assert lines["TensorFlow"] == "does not start here (see the findings)"
    assert lines["Devices"] == "none"


def test_devices_that_nvml_does_not_know_are_still_listed(make_result: MakeResult) -> None:
    tpu = Device(name="TPU:0", device_type="TPU", model="TPU v5e")
    assert ("TPU:0", "TPU v5e") in machine_lines(make_result(devices=(tpu,)).matrix)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.dictionaries(st.sampled_from(["a", "b", "unknown"]), inner),
    ).filter(lambda value: isinstance(value, dict))
)
def test_any_shape_of_inventory_can_be_asked(inventory: dict[str, Any]) -> None:
    known(inventory, "a", "b")
    assert shown(inventory, "a", "b")


def test_a_device_is_shown_with_its_published_peaks() -> None:
    device = Device(
        name="GPU:0",
        device_type="GPU",
        model="NVIDIA H200",
        memory_bytes=141 * 2**30,
        peak_flops_per_second={"float32": 67e12, "int8": 1979e12},
        peak_bytes_per_second=4.8e12,
    )
    assert device_line(device) == (
        "GPU:0 NVIDIA H200, 141 GiB, published peak 67 TFLOP/s float32, 4.8 TB/s"
    )
