"""What tests of several rooms share: the interpreters they probe, and a fake NVML library."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.inventory import Inventory

REPOSITORY = Path(__file__).parents[1]
# A small libnvidia-ml.so.1, whose states are chosen by variables (they stand at its head).
FAKE_NVML = Path(__file__).parent / "inventory" / "fake_nvml.c"
TAKE = """
import sys, msgspec
import envprobe.inventory.take as take
take.NVML_SECONDS = float(sys.argv[1])
sys.stdout.buffer.write(msgspec.json.encode(take.take_inventory()))
sys.stdout.flush()
"""
Take = Callable[..., Inventory]

FIND_TENSORFLOW = (
    "import importlib.util, sys; sys.exit(importlib.util.find_spec('tensorflow') is None)"
)


@cache
def _has_tensorflow(python: str) -> bool:
    found = subprocess.run([python, "-c", FIND_TENSORFLOW], timeout=60, check=False)
    return found.returncode == 0


@pytest.fixture(scope="session")
def tensorflow_python() -> str:
    """An interpreter with a TensorFlow; the test is skipped where there is none."""
    python = os.environ.get("ENVPROBE_TEST_PYTHON", sys.executable)
    if not _has_tensorflow(python):
        pytest.skip(f"{python} has no TensorFlow (set ENVPROBE_TEST_PYTHON)")
    return python


@pytest.fixture(scope="session")
def old_tensorflow_python() -> str:
    """An interpreter with a TensorFlow at least three releases older than the newest."""
    python = os.environ.get("ENVPROBE_TEST_OLD_PYTHON")
    if not python or not _has_tensorflow(python):
        pytest.skip("no old TensorFlow here (set ENVPROBE_TEST_OLD_PYTHON)")
    return python


@pytest.fixture(scope="session")
def fake_nvml(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Path]:
    """Compiles the library and gives its folder; `old` leaves out what old drivers lack."""
    compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if compiler is None:
        pytest.skip("no C compiler (cc, gcc, clang) to build the fake libnvidia-ml.so.1")
    made: dict[bool, Path] = {}

    def folder(old: bool) -> Path:
        if old not in made:
            made[old] = tmp_path_factory.mktemp("nvml")
            library = made[old] / "libnvidia-ml.so.1"
            flags = ["-shared", "-fPIC", "-O1", *(["-DOLD_NVML"] if old else [])]
            subprocess.run([compiler, *flags, "-o", library, FAKE_NVML], check=True)
        return made[old]

    return folder


def process_environment(folder: Path | None, states: dict[str, str]) -> dict[str, str]:
    """This process's variables without those that would change the answer."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("CUDA_", "FAKE_NVML"))}
    if folder is not None:
        kept["LD_LIBRARY_PATH"] = str(folder)
    kept["PYTHONPATH"] = str(REPOSITORY)
    return kept | states


@pytest.fixture
def run_python(fake_nvml: Callable[[bool], Path]) -> Callable[..., Any]:
    """Runs a script against the fake library and gives its standard output as bytes."""

    def run(script: str, *arguments: str, old: bool = False, **states: str) -> bytes:
        env = process_environment(fake_nvml(old), states)
        argv = [sys.executable, "-c", script, *arguments]
        done = subprocess.run(argv, env=env, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run


@pytest.fixture
def take(run_python: Callable[..., bytes]) -> Take:
    """Takes an inventory in a process of its own, with the fake library in the given state."""

    def take(old: bool = False, seconds: float = 10, **states: str) -> Inventory:
        encoded = run_python(TAKE, str(seconds), old=old, **states)
        return msgspec.json.decode(encoded, type=Inventory)

    return take
