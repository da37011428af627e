"""A recorded matrix names no machine, wherever its name was planted."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.inventory import take_inventory
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device, Environment, Matrix, ScanRecord
from envprobe.matrix.store import encode_matrix, read_matrix, write_matrix
from envprobe.terms import Finding, Severity, Status

SCRIPT = Path(__file__).parents[2] / "scripts" / "record.py"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("record", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


record = _loaded()

HOST = "teapot-7.kitchen.example"
UUID = "GPU-8f3a1c2d-0b1e-4a5f-9c8d-7e6f5a4b3c2d"
MIG = "MIG-1f3a1c2d-0b1e-4a5f-9c8d-7e6f5a4b3c2e"
PID = "424242"
# Each as it comes in texts, and what of it must not survive.
PLANTED = (
    HOST,
    HOST.upper(),
    "teapot-7",
    f"connection to {HOST}:2222 refused",
    UUID,
    MIG,
    f"CUDA_VISIBLE_DEVICES='{UUID},{MIG}' does not name it",
    "CUDA_VISIBLE_DEVICES=GPU-8f3a1c",
    f"MIG-{UUID}/1/0",
    f"process {PID} has it",
    f"PID: {PID}",
    f"/proc/{PID}/maps cannot be read",
    "/home/gertrude",
    "/home/gertrude/venv/bin/python",
    "see /home/gertrude/.cache, then try again",
    "-I/home/gertrude/include -L/home/gertrude/lib:/home/gertrude",
    "file:///home/gertrude/a.so",
    "/export/home/gertrude/x/y/z",
    "/Users/gertrude/Library/x",
    "/usr/home/gertrude",
    "/root/.pyenv/versions",
    "no module tensorflow for /root/venv/bin/python",
    "-I/root/include",
)
FORBIDDEN = (
    *("teapot", "kitchen", "8f3a1c", "1f3a1c", PID, "gertrude", "/root"),
    *("teapot".upper(), "kitchen".upper()),
)


def planted_matrix(
    inventory: dict[str, Any], text: str = HOST, findings: tuple[Finding, ...] = ()
) -> Matrix:
    environment = Environment(
        devices=("CPU:0 CPU Tea CPU", "GPU:0 GPU NVIDIA H200 cc 9.0"),
        machine="x86_64",
        cpu_isa=("avx2",),
        onednn=True,
        python="3.11",
        tensorflow="2.21.0",
        tensorflow_build={},
        driver="550.54",
        cuda="12.9",
        cudnn="9",
        packages={},
        variables={},
    )
    cell = Cell(
        op="MatMul",
        variant="default",
        dtype="float32",
        device="GPU:0",
        direction="forward",
        mode="graph",
        status=Status.CRASHED,
        reason=f"SIGSEGV; stderr: {text}",
        seconds_median=0.25,
    )
    return Matrix(
        environment=environment,
        environment_digest="0123456789ab",
        devices=(
            Device(name="CPU:0", device_type="CPU", model="Tea CPU"),
            Device(name="GPU:0", device_type="GPU", model="NVIDIA H200", uuid=UUID, nvml_index=0),
        ),
        inventory=inventory,
        findings=(
            Finding(code="DOC1", name="x", severity=Severity.INFO, seen=text, why=text, fix=text),
            *findings,
        ),
        cells=(cell,),
        scan=ScanRecord(
            preset="quick",
            started="2026-01-02T03:04:05+00:00",
            seconds=1,
            support_seconds=1,
            timing_seconds=0,
            workers=1,
            restarts=0,
            resumed=0,
            planned=1,
            complete=True,
            envprobe="0.1.0",
            host=HOST,
        ),
    )


def survivors(matrix: Matrix) -> list[str]:
    text = encode_matrix(matrix).decode()
    return [word for word in FORBIDDEN if word in text]


TREES = st.recursive(
    st.none() | st.integers(0, 9) | st.sampled_from(PLANTED) | st.just("fine"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "value", "hostname", "uuid", "seen", *PLANTED]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(tree=TREES, text=st.sampled_from(PLANTED))
def test_nothing_planted_survives(tree: Any, text: str) -> None:
    matrix = planted_matrix({"host": {"hostname": HOST}, "tree": tree}, text)
    assert survivors(matrix)
    assert survivors(record.anonymous(matrix)) == []


@given(st.lists(st.sampled_from(PLANTED), min_size=1, max_size=4), st.sampled_from(" ,:;'|\n"))
def test_nothing_planted_survives_in_company(texts: list[str], between: str) -> None:
    matrix = planted_matrix({"host": {"hostname": HOST}}, between.join(texts))
    assert survivors(record.anonymous(matrix)) == []


def planted_inventory() -> dict[str, Any]:
    """This machine's own inventory with a name in every text, and a GPU with all of its fields."""
    inventory: dict[str, Any] = msgspec.to_builtins(take_inventory())
    inventory["nvml"]["gpus"] = [
        {
            "nvml_index": 0,
            "name": "NVIDIA H200",
            "uuid": UUID,
            "pci_bus_id": "00000000:B7:00.0",
            "mig_instances": [{"index": 0, "uuid": MIG, "name": "MIG 1g"}],
            "processes": [{"pid": int(PID), "kind": "compute", "name": "/home/gertrude/train"}],
            "unknown": {"cuda_index": f"CUDA_VISIBLE_DEVICES={UUID!r} does not name it"},
        }
    ]
    inventory["software"]["variables"] = [
        {"name": "TF_CONFIG", "value": '{"worker": ["10.1.2.3:1"]}', "effect": "the cluster"},
        {"name": "CUDA_VISIBLE_DEVICES", "value": UUID, "effect": "which GPUs"},
        {"name": "LD_LIBRARY_PATH", "value": "/home/gertrude/lib:/usr/lib", "effect": "folders"},
    ]
    inventory["host"]["hostname"] = HOST
    return inventory


def with_text_everywhere(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {name: with_text_everywhere(item, text) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_text_everywhere(item, text) for item in value]
    return f"{value} {text}" if isinstance(value, str) else value


@pytest.fixture(scope="module")
def inventory() -> dict[str, Any]:
    return planted_inventory()


@pytest.mark.parametrize("text", PLANTED)
def test_nothing_survives_in_any_field_of_a_real_inventory(
    inventory: dict[str, Any], text: str
) -> None:
    everywhere = with_text_everywhere(inventory, text)
    everywhere["host"]["hostname"] = HOST
    matrix = planted_matrix(everywhere, text)
    assert survivors(record.anonymous(matrix)) == []


def test_an_anonymous_matrix_can_be_read_and_keeps_what_was_measured(
    inventory: dict[str, Any], tmp_path: Path
) -> None:
    matrix = planted_matrix(inventory)
    nameless = record.anonymous(matrix)
    write_matrix(tmp_path / "m.json", nameless)
    read = read_matrix(tmp_path / "m.json")
    assert read == nameless
    assert read.environment == matrix.environment
    assert read.environment_digest == matrix.environment_digest
    assert read.cells[0].seconds_median == 0.25
    assert read.cells[0].status is Status.CRASHED
    assert read.scan.host == "recorded"
    assert [device.model for device in read.devices] == ["Tea CPU", "NVIDIA H200"]
    assert [device.uuid for device in read.devices] == [None, None]
    (gpu,) = read.inventory["nvml"]["gpus"]
    assert gpu["name"] == "NVIDIA H200"
    assert gpu["processes"] is gpu["uuid"] is gpu["pci_bus_id"] is None
    assert gpu["mig_instances"] == [{"index": 0, "uuid": None, "name": "MIG 1g"}]
    cluster, visible, folders = read.inventory["software"]["variables"]
    assert cluster == {"name": "TF_CONFIG", "value": None, "effect": "the cluster"}
    assert visible["value"] == "…"
    assert folders["value"] == "…/lib:/usr/lib"
    assert read.inventory["cpu"] == {**inventory["cpu"], "isa": list(inventory["cpu"]["isa"])}


def test_what_names_nobody_stays() -> None:
    texts = [
        "/usr/local/cuda-13.0/lib/libcudart.so.13",
        "SIGABRT; stderr: Check failed: 1 == 2",
        "libcudnn.so.9 12.4.127 550.54.15 v2.21.0-0-gabcdef1",
        "/job:localhost/replica:0/task:0/device:GPU:0",
        "a process sees one instance at most",
    ]
    for text in texts:
        assert record.anonymous(planted_matrix({"x": text})).inventory == {"x": text}


def test_twice_is_as_good_as_once(inventory: dict[str, Any]) -> None:
    once = record.anonymous(planted_matrix(inventory, " ".join(PLANTED)))
    assert record.anonymous(once) == once


def test_the_name_tells_of_the_kind_of_machine() -> None:
    name = record.name_of(planted_matrix({}))
    assert name == "nvidia-h200-tensorflow-2.21.0-0123456789ab"


def test_the_script_writes_the_anonymous_copy(tmp_path: Path) -> None:
    source = tmp_path / "m.json"
    write_matrix(source, planted_matrix({"host": {"hostname": HOST}}))
    copied = tmp_path / "scripts" / "record.py"
    copied.parent.mkdir()
    copied.write_text(SCRIPT.read_text())  # it writes beside itself
    done = subprocess.run(
        [sys.executable, str(copied), str(source)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    path = Path(done.stdout.strip())
    assert path.parent == tmp_path / "kernels_matrix" / "recorded"
    assert survivors(read_matrix(path)) == []
