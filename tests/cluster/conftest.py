"""Matrices of small machines, made by hand and written to files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.matrix import Cell, Device, Environment, Matrix, ScanRecord, digest, write_matrix
from envprobe.terms import Status

MakeCell = Callable[..., Cell]
MakeMatrix = Callable[..., Matrix]
WriteNode = Callable[..., Path]


def _cell(op: str = "MatMul", **changes: Any) -> Cell:
    fields: dict[str, Any] = {
        "op": op,
        "variant": "default",
        "dtype": "float32",
        "device": "CPU:0",
        "direction": "forward",
        "mode": "eager",
        "status": Status.SUPPORTED,
    }
    if "seconds_median" in changes:
        timing = {"seconds_iqr": changes["seconds_median"] / 100, "samples": 20, "unstable": False}
        fields |= timing | {"timed_shapes": {"a": [64, 64]}}
    return Cell(**(fields | changes))


def _matrix(host: str, *cells: Cell, day: int = 1, **changes: Any) -> Matrix:
    """A matrix of a CPU; `driver`, `findings`, `memory_bytes` and a scan's fields can be given."""
    environment = Environment(
        devices=("CPU:0 CPU Tea Kettle 9000",),
        machine="x86_64",
        cpu_isa=("avx", "avx2"),
        onednn=True,
        python="3.11",
        tensorflow="2.21.0",
        tensorflow_build={"git_version": "v2.21.0"},
        driver=None,
        cuda=None,
        cudnn=None,
        packages={"keras": "3.15.1"},
        variables={},
    )
    own = {name: changes.pop(name) for name in set(changes) & set(environment.__struct_fields__)}
    environment = msgspec.structs.replace(environment, **own)
    device = Device(
        name="CPU:0",
        device_type="CPU",
        model="Tea Kettle 9000",
        memory_bytes=changes.pop("memory_bytes", 8_000_000_000),
        uuid=f"uuid-of-{host}",
    )
    findings = changes.pop("findings", ())
    record: dict[str, Any] = {
        "preset": "quick",
        "started": f"2026-01-{day:02d}T03:04:05+00:00",
        "seconds": 8.0,
        "support_seconds": 4.0,
        "timing_seconds": 4.0,
        "workers": 2,
        "restarts": 0,
        "resumed": 0,
        "planned": len(cells),
        "complete": True,
        "envprobe": "0.1.0",
        "host": host,
    }
    return Matrix(
        environment=environment,
        environment_digest=digest(environment),
        devices=(device,),
        inventory={"host": {"hostname": host}},
        findings=findings,
        cells=cells or (_cell(),),
        scan=ScanRecord(**(record | changes)),
    )


@pytest.fixture(scope="session")
def make_cell() -> MakeCell:
    """A supported cell of an op; with `seconds_median` a steadily timed one."""
    return _cell


@pytest.fixture(scope="session")
def make_matrix() -> MakeMatrix:
    """The matrix of a host with these cells, scanned on a day of January."""
    return _matrix


@pytest.fixture
def write_node(tmp_path: Path) -> WriteNode:
    """Writes such a matrix into the folder `matrices` and gives its path."""

    def write(host: str, *cells: Cell, name: str | None = None, **changes: Any) -> Path:
        path = tmp_path / "matrices" / f"{name or host}.json"
        write_matrix(path, _matrix(host, *cells, **changes))
        return path

    return write
