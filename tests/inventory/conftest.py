"""A fake libnvidia-ml.so.1 compiled from C, and inventories taken against it in a process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.inventory import Inventory

SOURCE = Path(__file__).with_name("fake_nvml.c")
REPOSITORY = Path(__file__).parents[2]
TAKE = """
import sys, msgspec
import envprobe.inventory.take as take
take.NVML_SECONDS = float(sys.argv[1])
sys.stdout.buffer.write(msgspec.json.encode(take.take_inventory()))
sys.stdout.flush()
"""
Take = Callable[..., Inventory]


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
            subprocess.run([compiler, *flags, "-o", library, SOURCE], check=True)
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


@pytest.fixture
def nones_without_reason() -> Callable[[Any], list[str]]:
    """The fields of a whole result that are None without a reason, or known with one."""
    return lambda result: list(_nones_without_reason(result))


def _nones_without_reason(value: Any, at: str = "") -> Iterator[str]:
    """The paths of fields that are None with no reason in their struct's `unknown`."""
    if isinstance(value, msgspec.Struct):
        unknown = getattr(value, "unknown", None)
        for field in value.__struct_fields__:
            inner = getattr(value, field)
            if inner is None and unknown is not None and not unknown.get(field):
                yield f"{at}.{field}"
            yield from _nones_without_reason(inner, f"{at}.{field}")
        for field in unknown or ():
            if getattr(value, field, None) is not None:
                yield f"{at}.{field} is known and has a reason"
    elif isinstance(value, (tuple, list)):
        for index, inner in enumerate(value):
            yield from _nones_without_reason(inner, f"{at}[{index}]")
