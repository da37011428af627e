"""Runs checks of live models where their TensorFlow is: one process answers for a whole file."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("live_checks.py")
REPOSITORY = SCRIPT.parents[2]
Live = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def live(tensorflow_python: str, tmp_path_factory: pytest.TempPathFactory) -> Live:
    """What these functions of `live_checks.py` came to; skips where envprobe cannot be imported
    beside TensorFlow."""
    needed = subprocess.run([tensorflow_python, "-c", "import msgspec, psutil"], check=False)
    if needed.returncode:
        pytest.skip(f"{tensorflow_python} lacks what envprobe needs (msgspec, psutil)")
    home = str(tmp_path_factory.mktemp("home"))

    def run(*names: str) -> dict[str, Any]:
        own = {"HOME": home, "XDG_DATA_HOME": home, "XDG_CACHE_HOME": home}
        path = {"PYTHONPATH": str(REPOSITORY), "TF_CPP_MIN_LOG_LEVEL": "2"}
        done = subprocess.run(
            [tensorflow_python, str(SCRIPT), *names],
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
            env={**os.environ, **own, **path},
        )
        assert done.returncode == 0, done.stderr[-800:]
        found = json.loads(done.stdout.splitlines()[-1])
        assert isinstance(found, dict)
        return found

    return run
