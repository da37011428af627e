"""The command as a user types it, on this real machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from envprobe.matrix.store import read_matrix
from envprobe.terms import Status

pytestmark = pytest.mark.tensorflow
ENVPROBE = [sys.executable, "-m", "envprobe.cli"]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose user data folder is empty."""
    return {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}


def envprobe(
    *arguments: str, env: dict[str, str], expect: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*ENVPROBE, *arguments], capture_output=True, text=True, env=env, timeout=240, check=False
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def test_json_is_one_document_and_the_saved_file(
    tensorflow_python: str, home: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "m.json"
    done = envprobe(
        *("scan", "--op", "MatMul", "--op", "Conv2D", "--dtype", "float32", "--json"),
        *("--python", tensorflow_python, "--output", str(output)),
        env=home,
    )
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["kind"] == "matrix"
    assert {cell["op"] for cell in document["cells"]} == {"MatMul", "Conv2D"}
    assert all(cell["dtype"] == "float32" for cell in document["cells"])
    timed = [cell for cell in document["cells"] if cell["seconds_median"] is not None]
    assert timed
    assert all(cell["flops_per_second"] > 0 for cell in timed)
    assert json.loads(output.read_text()) == document
    assert not list(tmp_path.glob("*.journal*"))


def test_the_default_file_lies_in_the_users_data_folder(
    tensorflow_python: str, home: dict[str, str]
) -> None:
    arguments = ("--op", "Relu", "--no-timing", "--python", tensorflow_python)
    done = envprobe("scan", *arguments, env=home)
    (saved,) = Path(home["XDG_DATA_HOME"]).rglob("*.json")
    matrix = read_matrix(saved)
    assert {cell.op for cell in matrix.cells} == {"Relu"}
    assert saved.name in done.stdout.replace("\n", "")
    assert "\x1b" not in done.stdout
    assert matrix.inventory["tensorflow"] is not None


def test_two_cpu_devices_take_the_paths_of_several_devices(
    tensorflow_python: str, tmp_path: Path
) -> None:
    import envprobe

    result = envprobe.scan(
        python=tensorflow_python,
        output=tmp_path / "two.json",
        ops=["AddV2", "Conv2D", "all_reduce"],
        dtypes=["float32"],
        timing=False,
        cpu_devices=2,
    )
    seen = {(cell.device, cell.op, cell.status) for cell in result.matrix.cells}
    for device in ("CPU:0", "CPU:1"):
        assert (device, "AddV2", Status.SUPPORTED) in seen
        assert (device, "all_reduce", Status.SUPPORTED) in seen
    wrong = [cell for cell in result.matrix.cells if cell.status is Status.FELL_BACK]
    assert not wrong


def test_an_old_tensorflow_of_another_interpreter_is_probed(
    old_tensorflow_python: str, tmp_path: Path
) -> None:
    import envprobe

    result = envprobe.scan(
        python=old_tensorflow_python,
        output=tmp_path / "old.json",
        ops=["MatMul", "while_loop", "mixed_float16_step"],
        timing=False,
    )
    assert result.matrix.environment.tensorflow is not None
    assert result.matrix.environment.tensorflow != "2.21.0"
    assert any(cell.status is Status.SUPPORTED for cell in result.matrix.cells)


def test_onednn_names_another_profile(tensorflow_python: str, home: dict[str, str]) -> None:
    """NCHW convolution in float32 runs on a CPU through oneDNN only."""
    seen = {}
    for switch in ("0", "1"):
        done = envprobe(
            *("scan", "--op", "Conv2D", "--dtype", "float32", "--no-timing", "--json"),
            *("--mode", "eager", "--python", tensorflow_python),
            env={**home, "TF_ENABLE_ONEDNN_OPTS": switch},
        )
        document = json.loads(done.stdout)
        nchw = [c["status"] for c in document["cells"] if c["variant"] == "nchw"]
        seen[switch] = (document["environment_digest"], document["environment"]["onednn"], nchw)
    assert seen["0"][0] != seen["1"][0]
    assert (seen["0"][1], seen["1"][1]) == (False, True)
    assert set(seen["0"][2]) == {"unimplemented"}
    assert set(seen["1"][2]) == {"supported"}


def start_scan(python: str, output: Path, env: dict[str, str]) -> subprocess.Popen[str]:
    arguments = ("scan", "--preset", "standard", "--no-timing", "--python", python)
    return subprocess.Popen(
        [*ENVPROBE, *arguments, "--output", str(output)],
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for_cells(journal: Path, count: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if journal.exists() and journal.read_bytes().count(b"\n") > count:
            return
        time.sleep(0.02)
    pytest.fail(f"{journal} has not {count} cells")


def workers_of(parent: int) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(parent).children(recursive=True)]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_a_scan_that_was_ended_is_resumed_and_loses_nothing(
    tensorflow_python: str, home: dict[str, str], tmp_path: Path, how: signal.Signals
) -> None:
    output, journal = tmp_path / "m.json", tmp_path / "m.json.journal"
    scan = start_scan(tensorflow_python, output, home)
    wait_for_cells(journal, 200)
    workers = workers_of(scan.pid)
    scan.send_signal(how)
    _, stderr = scan.communicate(timeout=60)
    assert scan.returncode == (130 if how is signal.SIGINT else -how)
    if how is signal.SIGINT:
        assert "--resume" in stderr
    require_gone(workers)
    assert not output.exists()
    kept = journal.read_bytes().count(b"\n") - 1

    arguments = ("scan", "--no-timing", "--python", tensorflow_python, "--resume", "--json")
    done = envprobe(*arguments, "--output", str(output), env=home)
    document = json.loads(done.stdout)
    assert document["scan"]["resumed"] >= min(kept, 200)
    assert document["scan"]["complete"]
    assert len(document["cells"]) == document["scan"]["planned"]
    assert not journal.exists()


def require_gone(pids: list[int]) -> None:
    import psutil

    end = time.monotonic() + 10
    while any(psutil.pid_exists(pid) for pid in pids):
        assert time.monotonic() < end, "workers outlive their parent"
        time.sleep(0.05)
