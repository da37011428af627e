"""Collecting a release's registrations: into which file they come, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from envprobe.registrations.store import decode_registrations, registrations_folder

SCRIPT = Path(__file__).parents[2] / "scripts" / "collect_registrations.py"


def collect(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **env},
    )


@pytest.mark.tensorflow
def test_the_registry_of_an_interpreter_is_written_down(
    tensorflow_python: str, tmp_path: Path
) -> None:
    done = collect("--python", tensorflow_python, "--folder", str(tmp_path))
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.iterdir()
    found = decode_registrations(file.read_bytes(), file.name)
    assert file.name == f"tensorflow-{found.tensorflow}.json.gz"
    assert found.xla is None
    assert len(found.ops) > 1500
    assert found.gradients["MatMul"].nodes_in("float32") is not None
    told = f"{file.name}: {len(found.ops)} ops, "
    assert done.stdout.startswith(told)
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("2.21.0", "--python", sys.executable)])
def test_releases_or_an_interpreter(arguments: tuple[str, ...]) -> None:
    done = collect(*arguments)
    assert done.returncode == 2
    assert "name releases, or one interpreter with --python" in done.stderr
    assert done.stdout == ""


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    done = collect("--python", sys.executable, "--folder", str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert "--folder" in done.stderr


def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    done = collect("--python", str(tmp_path / "python"), "--folder", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("collect_registrations: TensorFlow does not tell its registry")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_release_that_cannot_be_installed(tmp_path: Path) -> None:
    done = collect("0.0.1", "--folder", str(tmp_path), PIP_NO_INDEX="1")
    assert done.returncode == 1
    assert "collect_registrations: this failed:" in done.stderr
    assert "tensorflow==0.0.1" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_committed_files_are_where_the_script_writes() -> None:
    folder = SCRIPT.parent.parent / "kernels_matrix" / "registrations"
    if not folder.is_dir():
        pytest.skip("this is no checkout")
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        file.name for file in registrations_folder().iterdir()
    )
