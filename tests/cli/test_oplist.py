"""`envprobe oplist` as a user meets it: every case is a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[1] / "worker" / "traced_models.py"


def oplist(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "envprobe.cli", "oplist", *arguments],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        env={**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), **env},
    )


@pytest.mark.tensorflow
def test_a_model_becomes_a_file_and_a_report(tmp_path: Path, tensorflow_python: str) -> None:
    saved = tmp_path / "o.json"
    done = oplist(
        tmp_path, f"{MODELS}:small", "-o", str(saved), "--input", "float32[?,8,8,3]",
        "--target", "int32[?]@0:5", "--batch", "4", "--python", tensorflow_python,
        COLUMNS="80", PYTHONIOENCODING="ascii",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    words = " ".join(done.stdout.split())
    assert "one training step, batch 4" in words
    assert "Conv2DBackpropFilter" in done.stdout
    assert "837 parameters" in words
    assert done.stdout.isascii()
    assert max(map(len, done.stdout.replace(str(saved), "").splitlines())) <= 80
    found = json.loads(saved.read_text())
    assert (found["kind"], found["format_version"], found["batch"]) == ("oplist", 1, 4)
    assert found["targets"] == [
        {"dtype": "int32", "shape": [4], "name": None, "low": 0.0, "high": 5.0}
    ]
    again = oplist(tmp_path, str(saved), "--json")
    assert json.loads(again.stdout) == found


@pytest.mark.tensorflow
def test_the_json_is_one_document_and_notes_go_to_stderr(
    tmp_path: Path, tensorflow_python: str
) -> None:
    done = oplist(tmp_path, f"{MODELS}:prints", "--json", "--python", tensorflow_python)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model_class"] == "Sequential"
    assert "optimizer 'adam' is taken" in done.stderr
    assert "a line on stdout" not in done.stdout


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("function", "seen"),
    [
        ("raises", "RuntimeError: no luck today"),
        ("needs", "needs size"),
        ("leaves", "SystemExit"),
        ("dies", "exited with code 0"),
        ("no_such", "has no 'no_such'"),
    ],
)
def test_a_failing_function_is_one_line_and_exit_code_2(
    tmp_path: Path, function: str, seen: str, tensorflow_python: str
) -> None:
    done = oplist(tmp_path, f"{MODELS}:{function}", "--python", tensorflow_python)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert seen in done.stderr


@pytest.mark.tensorflow
def test_a_failing_step_names_layer_op_and_line(tmp_path: Path, tensorflow_python: str) -> None:
    done = oplist(
        tmp_path, f"{MODELS}:skip", "--input", "float32[2,9,9,3]", "--target",
        "float32[2,9,9,6]", "--python", tensorflow_python,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    for part in ("'joined' (Concatenate)", "op ConcatV2", f"{MODELS}:"):
        assert part in done.stderr


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        (["no-such.keras"], "no-such.keras does not exist"),
        ([str(MODELS)], "name the function that makes the model"),
        ([f"{MODELS}:small", "--input", "float32"], "is not understood"),
        ([f"{MODELS}:small", "--input", "flaot32[8]"], "did you mean float32"),
        ([f"{MODELS}:small", "--batch", "0"], "--batch 0"),
        ([f"{MODELS}:small", "--mode", "both"], "unknown mode 'both'"),
        ([f"{MODELS}:small", "--python", "/no/python"], "is not a Python interpreter"),
        ([f"{MODELS}:small", "-o", "/no/such/folder/o.json"], "does not exist"),
        ([], "MODEL"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    tmp_path: Path, arguments: list[str], seen: str
) -> None:
    done = oplist(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert seen in done.stderr


def test_a_tensorflow_that_does_not_start_is_exit_code_3(tmp_path: Path) -> None:
    done = oplist(tmp_path, f"{MODELS}:small", "--python", "/bin/false")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
    assert "TensorFlow cannot be started" in done.stderr
