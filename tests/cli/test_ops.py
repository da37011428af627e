"""`envprobe ops` as a user meets it: every case is a real process without TensorFlow in it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

RECORDED = Path(str(resources.files("kernels_matrix"))) / "recorded"
MOST_SECONDS = 0.3


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home without a scan."""
    return tmp_path


def ask(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "envprobe.cli", "ops", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), **env},
    )


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_json_of_an_op(home: Path) -> None:
    done = ask(home, "Conv3D", "--tensorflow", "2.15.1", "--json")
    found = document(done)
    assert done.stderr == ""
    assert (found["kind"], found["format_version"]) == ("ops", 1)
    assert (found["tensorflow"], found["asked"], found["source"]) == ("2.15.1", "2.15.1", "asked")
    [op] = found["ops"]
    assert set(op) == {
        "op", "definition", "kernels", "registered", "gradient", "in_catalog", "cells", "recorded",
        "why_not",
    }  # fmt: skip
    [gpu] = [kernel for kernel in op["kernels"] if kernel["device_type"] == "GPU"]
    assert gpu == {
        "device_type": "GPU",
        "constraints": {"T": ["bfloat16", "float16", "float32", "float64"]},
        "host_memory": [],
        "label": "",
        "priority": 0,
    }


def test_a_release_that_is_not_known_gives_the_nearest_and_says_so(home: Path) -> None:
    done = ask(home, "Conv3D", "--tensorflow", "2.15.0", "--json")
    found = document(done)
    assert (found["tensorflow"], found["asked"]) == ("2.15.1", "2.15.0")
    assert done.stderr.startswith("envprobe: ")
    assert done.stderr.count("\n") == 1
    assert "2.15.1" in done.stderr


def test_the_last_scan_is_found(home: Path) -> None:
    folder = home / "data" / "envprobe" / "matrices"
    folder.mkdir(parents=True)
    matrix = min(RECORDED.glob("*-tensorflow-2.21.0-*.json"))
    (folder / "last.json").write_bytes(matrix.read_bytes())
    done = ask(home, "MatMul")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "last.json" in done.stdout
    assert "✓ supported" in done.stdout
    (folder / "last.json").write_text("{")
    done = ask(home, "MatMul", "--json")
    assert document(done)["matrix"] is None
    assert "last.json" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        (["Conv9D", "--tensorflow", "2.21.0"], "Conv3D"),
        (["Conv", "--tensorflow", "2.13.1"], "since 2.14.1"),
        (["--missing", "gradiant"], "gradient"),
        (["--dtype", "flaot16"], "float16"),
        (["--device-type", "GPUU"], "GPU"),
        (["--tensorflow", "newest"], "newest"),
        (["--compare", "2.15.1"], "--compare"),
        (["--history", "--missing", "kernel"], "one at a time"),
        (["--matrix", "no-such-file.json"], "no-such-file.json"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    home: Path, arguments: list[str], seen: str
) -> None:
    done = ask(home, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("envprobe: ")
    assert done.stderr.count("\n") == 1
    assert seen in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["MatMul", "--history"],
        ["--compare", "2.20.0", "2.21.0"],
        ["--missing", "gradient", "--dtype", "bfloat16"],
        ["--missing", "kernel", "--device-type", "XLA_GPU_JIT"],
        ["einsum", "--device-type", "gpu"],
        ["Conv*", "--dtype", "bfloat16"],
    ],
)
def test_every_question_is_answered_on_a_narrow_ascii_pipe(
    home: Path, arguments: list[str]
) -> None:
    done = ask(home, *arguments, PYTHONIOENCODING="ascii", COLUMNS="70", NO_COLOR="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 70


def test_a_reader_that_has_gone_is_no_fault(home: Path) -> None:
    command = f"set -o pipefail; '{sys.executable}' -m envprobe.cli ops --missing kernel | true"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home)},
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow  # also processor time grows on a machine that is busy with other things
def test_one_op_of_a_named_release_takes_three_tenths_of_a_second(home: Path) -> None:
    seconds = []
    for _ in range(12):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert ask(home, "Conv3D", "--tensorflow", "2.15.1").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        )  # it is one thread that waits for nothing
    assert min(seconds) <= MOST_SECONDS
