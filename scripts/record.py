"""Add a measured matrix to `kernels_matrix/recorded/`, without what names one machine.

    .venv/bin/python scripts/record.py MATRIX.json

Support, numbers and timings stay as measured. Host name, UUIDs, process lists and folders of the
machine go: a recorded matrix tells of a kind of machine, not of the one it was measured on.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from envprobe.matrix.matrix import Matrix
from envprobe.matrix.store import read_matrix, write_matrix

RECORDED = Path(__file__).resolve().parent.parent / "kernels_matrix" / "recorded"
# Folders that every machine has; all others are somebody's own.
SYSTEM = re.compile(r"/(bin|dev|etc|lib|lib64|opt/cuda|proc|sys|usr)(/|$)")
PATH = re.compile(r"(?<![\w.])(?:/[\w.+@~-]+){2,}/?")
PERSONAL = {"hostname", "uuid", "pci_bus_id", "processes", "environ"}


def main() -> None:
    """Write the anonymous copy and say where."""
    matrix = anonymous(read_matrix(Path(sys.argv[1])))
    path = RECORDED / f"{name_of(matrix)}.json"
    write_matrix(path, matrix)
    print(path)


def name_of(matrix: Matrix) -> str:
    """`nvidia-h200-tensorflow-2.21.0-27f10af57420`: the device that matters, and the profile."""
    device = matrix.devices[-1]  # TensorFlow lists CPUs first
    model = re.sub(r"[^a-z0-9]+", "-", (device.model or device.device_type).lower()).strip("-")
    return f"{model}-tensorflow-{matrix.environment.tensorflow}-{matrix.environment_digest}"


def anonymous(matrix: Matrix) -> Matrix:
    """The matrix without what names this one machine."""
    replace = msgspec.structs.replace
    return replace(
        matrix,
        inventory=_without_names(matrix.inventory),
        devices=tuple(replace(device, uuid=None) for device in matrix.devices),
        findings=tuple(
            msgspec.convert(_without_names(msgspec.to_builtins(finding)), type(finding))
            for finding in matrix.findings
        ),
        cells=tuple(replace(cell, reason=_shortened(cell.reason)) for cell in matrix.cells),
        scan=replace(matrix.scan, host="recorded"),
    )


def _without_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: None if name in PERSONAL else _without_names(item) for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without_names(item) for item in value]
    return _shortened(value) if isinstance(value, str) else value


def _shortened(text: str | None) -> str | None:
    """Paths outside the system's own folders, cut to their last two parts."""
    if text is None:
        return None
    return PATH.sub(lambda found: _short_path(found.group()), text)


def _short_path(path: str) -> str:
    if SYSTEM.match(path):
        return path
    return "…/" + "/".join(path.rstrip("/").split("/")[-2:])


if __name__ == "__main__":
    main()
