"""Real faults, from the shell's point of view: doctor names them and ends."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
BUILD_INFO = """
build_info = {"is_cuda_build": True, "is_rocm_build": False, "is_tensorrt_build": False,
              "cuda_version": "12.5.1", "cudnn_version": "9"}
"""


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "envprobe.cli", "doctor", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **environment},
    )


def document(*arguments: str, **environment: str) -> tuple[int, dict[str, Any]]:
    done = doctor("--json", *arguments, **environment)
    assert done.stderr == ""
    told: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, told


def python_with(packages: Path, python: str = sys.executable, *options: str) -> str:
    """An interpreter that looks into this folder first."""
    packages.mkdir(exist_ok=True)
    script = packages.parent / "python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={packages} exec {python} {" ".join(options)} "$@"\n')
    script.chmod(0o755)
    return str(script)


def names(told: dict[str, Any], severity: str) -> set[str]:
    return {one["name"] for one in told["findings"] if one["severity"] == severity}


@pytest.mark.parametrize(
    ("source", "kind", "said"),
    [
        (None, "missing", "not installed"),
        ("raise RuntimeError('nobody knows why')", "raised", "nobody knows why"),
        ("import os; os.abort()", "crashed", "SIGABRT"),
        ("import ctypes; ctypes.string_at(0)", "crashed", "SIGSEGV"),
        ("x = 1", "raised", "has no attribute"),
    ],
)
def test_tensorflow_that_does_not_start_is_an_error_with_its_reason(
    tmp_path: Path, source: str | None, kind: str, said: str
) -> None:
    packages = tmp_path / "packages"
    python = python_with(packages, sys.executable, "-S")
    if source is not None:
        (packages / "tensorflow").mkdir()
        (packages / "tensorflow/__init__.py").write_text(source)
    code, told = document("--python", python)
    assert code == 1
    assert told["start_failure"]["kind"] == kind
    assert names(told, "error")
    text = doctor("--python", python, COLUMNS="200").stdout
    first = text.splitlines()[0]
    assert "TensorFlow is not installed" in first or "TensorFlow does not start" in first
    assert said in text


def test_two_distributions_of_one_module_are_seen(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    python = python_with(packages, sys.executable, "-S")
    (packages / "tensorflow").mkdir()
    (packages / "tensorflow/__init__.py").write_text("")
    for name in ("tensorflow", "tensorflow_cpu"):
        folder = packages / f"{name}-2.20.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.20.0\n")
        (folder / "RECORD").write_text("tensorflow/__init__.py,,\n")
    code, told = document("--no-tensorflow", "--python", python)
    assert code == 1
    (found,) = [one for one in told["findings"] if one["name"] == "tensorflow-provided-twice"]
    assert "pip uninstall -y" in found["command"]
    script = doctor("--no-tensorflow", "--python", python, "--fix-script").stdout
    assert found["command"] in script


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc makes the shared objects")
def test_each_library_of_a_cuda_build_is_tried(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    python = python_with(packages, sys.executable, "-S")
    platform = packages / "tensorflow/python/platform"
    platform.mkdir(parents=True)
    (packages / "tensorflow/__init__.py").write_text("raise ImportError('not today')")
    (platform / "build_info.py").write_text(BUILD_INFO)
    folder = packages / "nvidia_cuda_runtime_cu12-12.5.82.dist-info"
    folder.mkdir()
    metadata = "Metadata-Version: 2.1\nName: nvidia-cuda-runtime-cu12\nVersion: 12.5.82\n"
    (folder / "METADATA").write_text(metadata)
    library = packages / "nvidia/cuda_runtime/lib/libcudart.so.12"
    library.parent.mkdir(parents=True)
    for path, flag in (
        (library, "-O0"),
        (
            packages / "tensorflow/libtensorflow_framework.so.2",
            "-Wl,-rpath,$ORIGIN/../nvidia/cuda_runtime/lib",
        ),
    ):
        command = ["gcc", "-shared", "-x", "c", "/dev/null", flag, "-o", str(path)]
        subprocess.run(command, check=True, timeout=60)
    _, told = document("--python", python, LD_LIBRARY_PATH="")
    assert told["openings"]["libcudart.so.12"] is None
    assert "cannot open shared object file" in told["openings"]["libcudnn.so.9"]


def test_a_whole_environment_is_examined(tensorflow_python: str) -> None:
    code, told = document("--python", tensorflow_python)
    assert told["start_failure"] is None
    assert told["inventory"]["tensorflow"]["devices"]
    assert code == (1 if names(told, "error") else 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("requirement", "severity", "starts"),
    [("numpy==2.0.2", "error", False), ("protobuf==5.29.5", "info", True)],  # as they turn out
)
def test_an_old_tensorflow_with_a_package_that_is_too_new(
    tmp_path: Path, old_tensorflow_python: str, requirement: str, severity: str, starts: bool
) -> None:
    packages = tmp_path / "packages"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(packages)]
    version = subprocess.run(
        [old_tensorflow_python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout.strip()
    only = ["--python-version", version, "--only-binary", ":all:"]
    subprocess.run([*pip, *only, requirement], check=True, timeout=300)
    code, told = document("--python", python_with(packages, old_tensorflow_python))
    assert code == (0 if starts else 1)
    assert (told["start_failure"] is None) is starts
    name = requirement.partition("=")[0]
    found = [one for one in told["findings"] if one["severity"] == severity]
    assert any(name in one["name"] or name in one["seen"] for one in found), found


def environment(folder: Path, *requirements: str) -> Path:
    """A virtual environment with these, in the versions that the project is tested with."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    python = folder / "bin" / "python"
    for requirement in requirements:
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "-c", str(CONSTRAINTS), requirement],
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"{requirement} cannot be installed here: {done.stderr[-200:]}")
    return python


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_distributions_that_provide_tensorflow(tmp_path: Path) -> None:
    python = environment(tmp_path / "venv", "tensorflow-cpu", "tensorflow")
    code, told = document("--python", str(python), "--no-tensorflow")
    assert code == 1
    [found] = [one for one in told["findings"] if one["code"] == "DOC202"]
    assert "tensorflow-cpu" in found["seen"]
    assert "pip uninstall -y tensorflow tensorflow-cpu" in found["command"]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(platform.machine() != "x86_64", reason="CUDA's wheels are for x86-64")
def test_a_cuda_library_that_was_taken_away_is_named_with_the_loaders_words(tmp_path: Path) -> None:
    python = environment(tmp_path / "venv", "tensorflow[and-cuda]")
    [folder] = (tmp_path / "venv" / "lib").glob("python*/site-packages/nvidia/cufft/lib")
    whole = document("--python", str(python))[1]["openings"]
    assert whole["libcufft.so.11"] is None
    for library in folder.glob("libcufft.so*"):
        library.unlink()
    broken = document("--python", str(python))[1]["openings"]
    assert "cannot open shared object file" in broken["libcufft.so.11"]
    assert {name: error for name, error in broken.items() if name != "libcufft.so.11"} == {
        name: error for name, error in whole.items() if name != "libcufft.so.11"
    }
