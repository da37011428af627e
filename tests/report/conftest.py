"""Cells, matrices and whole results made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device, Environment, Matrix, ScanRecord
from envprobe.scanning.result import ScanResult
from envprobe.terms import Status

MakeCell = Callable[..., Cell]
MakeResult = Callable[..., ScanResult]


def _cell(**changes: Any) -> Cell:
    fields: dict[str, Any] = {
        "op": "MatMul",
        "variant": "default",
        "dtype": "float32",
        "device": "CPU:0",
        "direction": "forward",
        "mode": "eager",
        "status": Status.SUPPORTED,
    }
    return Cell(**(fields | changes))


def _environment() -> Environment:
    return Environment(
        devices=("CPU:0 CPU Tea Kettle 9000",),
        machine="x86_64",
        cpu_isa=("avx", "avx2", "fma", "sse4_2"),
        onednn=True,
        python="3.11",
        tensorflow="2.21.0",
        tensorflow_build={"git_version": "v2.21.0-0-gabc"},
        driver=None,
        cuda=None,
        cudnn=None,
        packages={"keras": "3.15.1", "numpy": "2.4.6"},
        variables={},
    )


def _record(cells: int, **changes: Any) -> ScanRecord:
    fields: dict[str, Any] = {
        "preset": "standard",
        "started": "2026-01-02T03:04:05+00:00",
        "seconds": 88.1,
        "support_seconds": 40.0,
        "timing_seconds": 41.7,
        "workers": 2,
        "restarts": 1,
        "resumed": 0,
        "planned": cells,
        "complete": True,
        "envprobe": "0.1.0",
        "host": "teapot",
    }
    return ScanRecord(**(fields | changes))


def _result(
    *cells: Cell,
    path: Path | None = None,
    notes: tuple[str, ...] = (),
    record: dict[str, Any] | None = None,
    **changes: Any,
) -> ScanResult:
    fields: dict[str, Any] = {
        "environment": _environment(),
        "environment_digest": "ab" * 32,
        "devices": (Device(name="CPU:0", device_type="CPU", model="Tea Kettle 9000"),),
        "inventory": {},
        "findings": (),
        "cells": cells,
        "scan": _record(len(cells), **(record or {})),
    }
    return ScanResult(matrix=Matrix(**(fields | changes)), path=path, notes=notes)


@pytest.fixture
def make_cell() -> MakeCell:
    """A supported cell of MatMul on the CPU, with the given fields changed."""
    return _cell


@pytest.fixture
def make_result() -> MakeResult:
    """The result of a scan with these cells, with the given fields of the matrix changed."""
    return _result
