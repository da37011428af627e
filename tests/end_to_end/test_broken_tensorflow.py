"""TensorFlow that is missing, crashes, hangs or lies: the scan says so and ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from envprobe.probe import lanes
from envprobe.scanning import scan
from envprobe.terms import Severity

ENVPROBE = [sys.executable, "-m", "envprobe.cli"]


def broken_python(folder: Path, tensorflow: str | None) -> str:
    """An interpreter whose only package is a `tensorflow` with this source."""
    packages = folder / "packages"
    packages.mkdir()
    if tensorflow is not None:
        (packages / "tensorflow.py").write_text(tensorflow)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={packages} exec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    return str(python)


@pytest.mark.parametrize(
    ("tensorflow", "name", "said"),
    [
        (None, "tensorflow-missing", "no module tensorflow"),
        ("import os; os.abort()", "tensorflow-crashes-at-start", "SIGABRT"),
        ("import os; os.kill(os.getpid(), 11)", "tensorflow-crashes-at-start", "SIGSEGV"),
        (
            "raise ImportError('libcudart.so.11: no such file')",
            "tensorflow-import-raises",
            "cudart",
        ),
        ("import sys; sys.exit(3)", "tensorflow-crashes-at-start", "3"),
        ("print('x' * 10**7); 1/0", "tensorflow-import-raises", "ZeroDivisionError"),
    ],
)
def test_the_finding_says_what_happened(
    tmp_path: Path, tensorflow: str | None, name: str, said: str
) -> None:
    done = subprocess.run(
        [
            *(*ENVPROBE, "scan", "--json", "--output", str(tmp_path / "m.json")),
            *("--python", broken_python(tmp_path, tensorflow)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "HOME": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    (finding,) = [f for f in document["findings"] if f["severity"] == "error"]
    assert finding["name"] == name
    assert said in finding["seen"]
    assert document["cells"] == []
    assert document["environment"]["tensorflow"] is None


def test_an_import_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "HELLO_LIMIT_SECONDS", 2.0)
    python = broken_python(tmp_path, "import time; time.sleep(3600)")
    result = scan.scan(python=python, output=tmp_path / "m.json")
    (finding,) = [f for f in result.matrix.findings if f.severity is Severity.ERROR]
    assert "no answer within 2 s" in finding.seen


def test_an_interpreter_that_does_not_exist_is_the_users_mistake(tmp_path: Path) -> None:
    done = subprocess.run(
        [*ENVPROBE, "scan", "--python", str(tmp_path / "nowhere")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
