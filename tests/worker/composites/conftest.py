"""One worker with two CPU devices for all composites: so that collectives have somebody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import envprobe
from envprobe.ops.catalog import load_catalog, resolve
from envprobe.ops.tolerance import tolerance_of
from envprobe.probe.process import WorkerProcess

WORKER = Path(envprobe.__file__).with_name("worker")
CONFIG = {"cpu_devices": 2, "gpus": "none", "libraries": []}
Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def worker(tensorflow_python: str) -> Iterator[WorkerProcess]:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    with WorkerProcess((tensorflow_python, str(WORKER)), environment=environment) as process:
        process.ask({"ask": "hello", "config": CONFIG}, limit_seconds=120)
        yield process


@pytest.fixture
def run(worker: WorkerProcess) -> Run:
    """Asks for one cell and returns the worker's answer."""

    def ask(op: str, dtype: str, *, variant: str = "default", **changed: Any) -> dict[str, Any]:
        resolved = resolve(op, load_catalog()[op], variant, dtype)
        cell = {
            **msgspec.to_builtins(resolved),
            "device": "CPU:0",
            "direction": "forward",
            "mode": "eager",
            "tolerance": resolved.tolerance * tolerance_of(dtype),
            "timed": False,
            **changed,
        }
        return worker.ask({"ask": "run", "cell": cell}, limit_seconds=120)

    return ask
