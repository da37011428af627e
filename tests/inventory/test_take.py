"""The whole inventory of the machine that the tests run on, and what TensorFlow adds to it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from envprobe.inventory import Inventory, take_inventory, with_tensorflow
from envprobe.inventory.tensorflow_report import parse_hello

Take = Callable[..., Inventory]
Check = Callable[[Any], list[str]]


def hello(*gpus: str, cuda_build: bool = True, **more: Any) -> dict[str, Any]:
    """A worker's answer with these GPU models."""
    devices = [{"name": "CPU:0", "device_type": "CPU", "details": {}}]
    for index, model in enumerate(gpus):
        details = {"device_name": model, "compute_capability": [9, 0]}
        devices.append({"name": f"GPU:{index}", "device_type": "GPU", "details": details})
    build = {"is_cuda_build": cuda_build}
    tensorflow = {"version": "2.21.0", "git_version": "g", "compiler": "c", "build_info": build}
    return {"python": "3.11", "tensorflow": tensorflow, "devices": devices, **more}


def test_this_machine(nones_without_reason: Check) -> None:
    inventory = take_inventory()
    assert nones_without_reason(inventory) == []
    assert inventory.memory.total_bytes
    assert inventory.cpu.logical_cores
    assert inventory.cpu.usable_cores == len(os.sched_getaffinity(0))
    assert inventory.host.kernel == os.uname().release
    assert inventory.unknown == {"tensorflow": "TensorFlow has not been started yet"}


def test_it_survives_json() -> None:
    inventory = take_inventory()
    assert msgspec.json.decode(msgspec.json.encode(inventory), type=Inventory) == inventory


def test_an_interpreter_that_hangs_ends(tmp_path: Path) -> None:
    hanging = tmp_path / "python"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    begin = time.monotonic()
    inventory = take_inventory(python=str(hanging))
    assert time.monotonic() - begin < 25
    assert "did not answer" in inventory.software.python.unknown["version"]


def test_tensorflow_that_lists_every_gpu(take: Take, nones_without_reason: Check) -> None:
    model = "NVIDIA H100 80GB HBM3"
    inventory = with_tensorflow(take(), hello(model, model, onednn=True, isa=["avx"]))
    assert inventory.tensorflow is not None
    assert [d.nvml_index for d in inventory.tensorflow.devices] == [None, 0, 1]
    assert inventory.tensorflow.devices[1].compute_capability == "9.0"
    assert nones_without_reason(inventory) == []


def test_the_order_of_a_mixture_is_learned(take: Take) -> None:
    told = hello("NVIDIA T4", "NVIDIA H100 80GB HBM3")
    inventory = with_tensorflow(take(FAKE_NVML_MIXED="1"), told)
    assert [gpu.cuda_index for gpu in inventory.nvml.gpus] == [1, 0]
    assert all("cuda_index" not in gpu.unknown for gpu in inventory.nvml.gpus)


def test_loaded_beside_installed(tmp_path: Path) -> None:
    installed, other = tmp_path / "in", tmp_path / "other"
    for folder in (installed, other):
        folder.mkdir()
        (folder / "libcudnn.so.9.3.0").touch()
        (folder / "libcudnn.so.9").symlink_to("libcudnn.so.9.3.0")
    before = take_inventory(environ={"LD_LIBRARY_PATH": str(installed)})
    good = with_tensorflow(before, hello(libraries=[str(installed / "libcudnn.so.9.3.0")]))
    assert good.tensorflow is not None
    assert good.tensorflow.loaded[0].as_expected is True
    paths = [str(folder / "libcudnn.so.9.3.0") for folder in (installed, other)]
    bad = with_tensorflow(before, hello(libraries=paths))
    assert bad.tensorflow is not None
    assert [library.as_expected for library in bad.tensorflow.loaded] == [True, False]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["python", "tensorflow", "packages", "devices", "libraries", "isa", "onednn"]
)


@given(st.dictionaries(KEYS, JSON))
def test_any_answer_of_a_worker_is_read_without_an_exception(told: dict[str, Any]) -> None:
    report = parse_hello(told, (), ())
    assert all(report.unknown.values())
