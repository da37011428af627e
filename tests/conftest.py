"""Which interpreters the tests probe: one with the newest TensorFlow, one with an old one."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache

import pytest

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
