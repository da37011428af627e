from __future__ import annotations

from typing import Any

import msgspec
import pytest

from envprobe.cli._exits import ERROR_FOUND, FINE, NOTHING_PROBED, code_of_matrix
from envprobe.matrix.matrix import Matrix

CELL = {
    "op": "MatMul", "variant": "default", "dtype": "float32", "device": "CPU:0",
    "direction": "forward", "mode": "eager",
}  # fmt: skip
ENVIRONMENT: dict[str, Any] = {
    "devices": [], "machine": "x86_64", "cpu_isa": [], "onednn": None, "python": "3.11",
    "tensorflow": None, "tensorflow_build": {}, "driver": None, "cuda": None, "cudnn": None,
    "packages": {}, "variables": {},
}  # fmt: skip
SCAN = {
    "preset": "quick", "started": "", "seconds": 0, "support_seconds": 0, "timing_seconds": 0,
    "workers": 1, "restarts": 0, "resumed": 0, "planned": 0, "complete": True, "envprobe": "0",
    "host": "h",
}  # fmt: skip


def matrix(statuses: list[str], severities: list[str]) -> Matrix:
    document: dict[str, Any] = {
        "kind": "matrix",
        "environment": ENVIRONMENT,
        "environment_digest": "",
        "devices": [],
        "inventory": {},
        "findings": [
            {"code": "X1", "name": "x", "severity": severity, "seen": "s", "why": "w"}
            for severity in severities
        ],
        "cells": [CELL | {"status": status} for status in statuses],
        "scan": SCAN,
    }
    return msgspec.convert(document, Matrix)


@pytest.mark.parametrize(
    ("statuses", "severities", "code"),
    [
        (["supported"], [], FINE),
        (["supported"], ["warning", "info"], FINE),
        (["no_kernel", "crashed"], [], FINE),  # what a kernel cannot do is the answer, no error
        (["supported", "untested"], ["warning", "error"], ERROR_FOUND),
        (["untested"], [], NOTHING_PROBED),
        ([], ["error"], NOTHING_PROBED),
        ([], [], NOTHING_PROBED),
    ],
)
def test_exit_codes(statuses: list[str], severities: list[str], code: int) -> None:
    assert code_of_matrix(matrix(statuses, severities)) == code
