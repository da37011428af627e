"""Scans of small machines, made by hand: what matrix and cluster files of a check hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.matrix import Cell, Device, Environment, Matrix, ScanRecord, digest, write_matrix
from envprobe.terms import Status

MakeScan = Callable[..., Matrix]
MakeCell = Callable[..., Cell]
WriteScan = Callable[..., Path]

CPU = Device(name="CPU:0", device_type="CPU", model="Tea Kettle 9000", memory_bytes=8_000_000_000)


def _cell(op: str = "MatMul", **changes: Any) -> Cell:
    fields: dict[str, Any] = {
        "op": op,
        "variant": "default",
        "dtype": "float32",
        "device": "CPU:0",
        "direction": "forward",
        "mode": "graph",
        "status": Status.SUPPORTED,
    }
    fields |= changes
    if fields["status"] is not Status.SUPPORTED:
        fields.setdefault("reason", "seen here")
    if "seconds_median" in changes:
        fields |= {"seconds_iqr": changes["seconds_median"] / 100, "unstable": False}
        fields["timed_shapes"] = {"a": [64, 64]}
    return Cell(**fields)


def _gpu(number: int = 0, model: str = "NVIDIA A100-SXM4-40GB") -> Device:
    return Device(
        name=f"GPU:{number}",
        device_type="GPU",
        model=model,
        compute_capability="8.0",
        uuid=f"uuid-{number}",
        memory_bytes=40_000_000_000 - number,
    )


def _scan(
    host: str, *cells: Cell, gpus: tuple[Device, ...] = (), day: int = 1, **changes: Any
) -> Matrix:
    """`changes` are fields of the environment, of the scan's record or of the matrix."""
    devices = changes.pop("devices", (CPU, *gpus))
    environment = Environment(
        devices=tuple(f"{one.name} {one.model}" for one in devices),
        machine="x86_64",
        cpu_isa=("avx", "avx2"),
        onednn=True,
        python="3.11",
        tensorflow="2.21.0",
        tensorflow_build={"git_version": "v2.21.0"},
        driver="570.0" if gpus else None,
        cuda=None,
        cudnn=None,
        packages={"keras": "3.15.1"},
        variables={},
    )
    record = ScanRecord(
        preset="quick",
        started=f"2026-01-{day:02d}T03:04:05+00:00",
        seconds=8.0,
        support_seconds=4.0,
        timing_seconds=4.0,
        workers=2,
        restarts=0,
        resumed=0,
        planned=len(cells),
        complete=True,
        envprobe="0.1.0",
        host=host,
    )
    names = set(environment.__struct_fields__)
    own = {name: changes.pop(name) for name in names & changes.keys()}
    environment = msgspec.structs.replace(environment, **own)
    of_scan = set(record.__struct_fields__)
    told = {name: changes.pop(name) for name in of_scan & changes.keys()}
    fields: dict[str, Any] = {
        "environment": environment,
        "environment_digest": digest(environment),
        "devices": devices,
        "inventory": {"host": {"hostname": host}},
        "findings": (),
        "cells": cells,
        "scan": msgspec.structs.replace(record, **told),
    }
    return Matrix(**(fields | changes))


@pytest.fixture(scope="session")
def make_cell() -> MakeCell:
    """A supported float32 cell of an op on CPU:0; any field can be given."""
    return _cell


@pytest.fixture(scope="session")
def make_gpu() -> Callable[..., Device]:
    """A GPU by its number, all of one model unless another is given."""
    return _gpu


@pytest.fixture(scope="session")
def make_scan() -> MakeScan:
    """The matrix of a host with a CPU and these GPUs and cells, scanned on a day of January."""
    return _scan


@pytest.fixture
def write_scan(tmp_path: Path) -> WriteScan:
    """Writes such a matrix into a folder below the test's own, and gives its path."""

    def write(
        host: str, *cells: Cell, folder: str = "scans", name: str | None = None, **changes: Any
    ) -> Path:
        path = tmp_path / folder / f"{name or host}.json"
        write_matrix(path, _scan(host, *cells, **changes))
        return path

    return write
