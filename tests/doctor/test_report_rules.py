"""The rules on what a started TensorFlow reports, against the machine's own word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from envprobe.doctor.examination import Examination
from envprobe.doctor.judge import all_rules, judge
from envprobe.doctor.rules.gpu_not_listed_by_tensorflow import CAUSES
from envprobe.inventory import Inventory, take_inventory, with_tensorflow
from envprobe.terms import Finding

Take = Callable[..., Inventory]
H100 = "NVIDIA H100 80GB HBM3"


def hello(*gpus: str, **more: Any) -> dict[str, Any]:
    """A worker's answer with these GPU models."""
    devices = [{"name": "CPU:0", "device_type": "CPU", "details": {}}]
    for index, model in enumerate(gpus):
        details = {"device_name": model, "compute_capability": [9, 0]}
        devices.append({"name": f"GPU:{index}", "device_type": "GPU", "details": details})
    tensorflow = {"version": "2.20.0", "build_info": {"is_cuda_build": True}}
    return {"python": "3.11", "tensorflow": tensorflow, "devices": devices, **more}


def findings(inventory: Inventory, told: dict[str, Any]) -> dict[str, Finding]:
    reported = Examination(inventory=with_tensorflow(inventory, told))
    return {finding.code: finding for finding in judge(reported)}


def cuda_build(inventory: Inventory) -> Inventory:
    """The machine without the software of the interpreter that runs the tests."""
    from msgspec.structs import replace

    return replace(inventory, software=replace(inventory.software, build=None))


def test_every_gpu_is_listed(take: Take) -> None:
    found = findings(cuda_build(take()), hello(H100, H100))
    assert not {"DOC130", "DOC131"} & set(found)


def test_a_gpu_that_is_not_listed(take: Take) -> None:
    found = findings(cuda_build(take()), hello(H100))["DOC130"]
    assert found.seen == f"CUDA should show 2 GPUs, TensorFlow lists 1: without GPU 1 ({H100})"


def test_hidden_gpus_are_not_missed(take: Take) -> None:
    found = findings(cuda_build(take(CUDA_VISIBLE_DEVICES="-1")), hello())
    assert "DOC130" not in found
    assert "DOC111" in found


def test_more_gpus_than_nvml_knows(take: Take) -> None:
    assert "DOC131" in findings(take(CUDA_VISIBLE_DEVICES="0"), hello(H100, H100))


def test_the_causes_of_a_gpu_that_is_not_listed_are_rules() -> None:
    assert set(CAUSES) <= {rule.code for rule in all_rules()}


def test_loaded_beside_installed(tmp_path: Path) -> None:
    installed, other = tmp_path / "in", tmp_path / "other"
    for folder in (installed, other):
        folder.mkdir()
        (folder / "libcudnn.so.9.3.0").touch()
        (folder / "libcudnn.so.9").symlink_to("libcudnn.so.9.3.0")
    before = take_inventory(environ={"LD_LIBRARY_PATH": str(installed)})
    good = findings(before, hello(libraries=[str(installed / "libcudnn.so.9.3.0")]))
    assert not {"DOC240", "DOC241"} & set(good)
    paths = [str(folder / "libcudnn.so.9.3.0") for folder in (installed, other)]
    bad = findings(before, hello(libraries=paths))
    assert str(other) in bad["DOC240"].seen
    assert all(path in bad["DOC241"].seen for path in paths)


def test_onednn_against_the_rule() -> None:
    environ = {"TF_ENABLE_ONEDNN_OPTS": "1"}
    found = findings(take_inventory(environ=environ), hello(onednn=False))
    assert found["DOC242"].seen == "oneDNN is off; TensorFlow's rule for this CPU says on"
