"""Add a measured matrix to `kernels_matrix/recorded/`, without what names one machine.

    .venv/bin/python scripts/record.py MATRIX.json
    .venv/bin/python scripts/record.py --disagreements MATRIX.json

The second writes only where the matrix and TensorFlow's registry disagree, a file for each type of
device, to `kernels_matrix/disagreements/`; it is meant for a scan of preset full.

Support, numbers and timings stay as measured. Host name, UUIDs, process lists and folders of the
machine go: a recorded matrix tells of a kind of machine, not of the one it was measured on.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from envprobe.matrix.atomic import write_atomically
from envprobe.matrix.known_disagreements import (
    disagreements_of,
    encode_disagreements,
    file_name,
)
from envprobe.matrix.matrix import Matrix
from envprobe.matrix.store import read_matrix, write_matrix

DATA = Path(__file__).resolve().parent.parent / "kernels_matrix"
RECORDED = DATA / "recorded"
DISAGREEMENTS = DATA / "disagreements"
# Folders that every machine has; all others are somebody's own.
SYSTEM = re.compile(r"/(bin|dev|etc|lib|lib64|opt/cuda|proc|sys|usr)(/|$)")
PATH = re.compile(r"(?<![\w.…])(?:/[\w.+@~-]+){2,}/?")
HOME = re.compile(r"(?:/[\w.+@~-]+)*/(?:home|Users)/[^/\s:;,'\"]+|/root(?![\w.-])")
# UUIDs in full, and the beginnings of them that CUDA_VISIBLE_DEVICES takes.
UUID = re.compile(
    r"(?:GPU-|MIG-)*[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|\b(?:GPU|MIG)-[0-9a-f]{2,}",
    re.IGNORECASE,
)
PID = re.compile(r"(\b(?:process|pid)s?\b\W{1,3}|/proc/)\d+", re.IGNORECASE)
PERSONAL = {
    *("hostname", "uuid", "pid", "pci_bus_id", "bus_id", "processes", "environ"),
    *("cpu_quota_group", "memory_limit_group"),  # named after containers and users
}
PERSONAL_VARIABLES = ("TF_CONFIG",)  # the addresses of a cluster
NO_ONES_NAME = {"localhost", "recorded"}


def main() -> None:
    """Write the anonymous copy, or what follows from it, and say where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--disagreements", action="store_true")
    parser.add_argument("matrix", type=Path)
    chosen = parser.parse_args()
    matrix = anonymous(read_matrix(chosen.matrix))
    if chosen.disagreements:
        write_disagreements(matrix)
        return
    path = RECORDED / f"{name_of(matrix)}.json"
    write_matrix(path, matrix)
    print(path)


def write_disagreements(matrix: Matrix) -> None:
    """A file for each type of device in the matrix, named after it and the TensorFlow release."""
    first_of_type = {device.device_type: device.name for device in reversed(matrix.devices)}
    for device in first_of_type.values():
        found = disagreements_of(matrix, device)
        path = DISAGREEMENTS / file_name(found.tensorflow, found.device_type)
        write_atomically(path, encode_disagreements(found))
        print(f"{path.name}: {len(found.rows)} rows")


def name_of(matrix: Matrix) -> str:
    """`nvidia-h200-tensorflow-2.21.0-27f10af57420`: the device that matters, and the profile."""
    if not matrix.devices:
        sys.exit("a matrix without devices records nothing: TensorFlow did not start")
    device = matrix.devices[-1]  # TensorFlow lists CPUs first
    model = re.sub(r"[^a-z0-9]+", "-", (device.model or device.device_type).lower()).strip("-")
    return f"{model}-tensorflow-{matrix.environment.tensorflow}-{matrix.environment_digest}"


def anonymous(matrix: Matrix) -> Matrix:
    """The matrix without what names this one machine."""
    replace = msgspec.structs.replace
    host = _host_pattern(matrix)
    return replace(
        matrix,
        inventory=_without_names(matrix.inventory, host),
        devices=tuple(replace(device, uuid=None) for device in matrix.devices),
        findings=tuple(
            msgspec.convert(_without_names(msgspec.to_builtins(finding), host), type(finding))
            for finding in matrix.findings
        ),
        cells=tuple(
            replace(cell, reason=cell.reason and _nameless(cell.reason, host))
            for cell in matrix.cells
        ),
        scan=replace(matrix.scan, host="recorded"),
        registrations=matrix.registrations
        and replace(
            matrix.registrations,
            libraries=tuple(Path(library).name for library in matrix.registrations.libraries),
        ),
    )


def _host_pattern(matrix: Matrix) -> re.Pattern[str]:
    """Finds the host's names, with and without their domain, wherever they stand."""
    told = {matrix.scan.host, str((matrix.inventory.get("host") or {}).get("hostname") or "")}
    names = {part for name in told for part in (name, name.partition(".")[0])}
    words = sorted(filter(None, names - NO_ONES_NAME), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words)) or '(?!)'})(?![\w-])", re.I)


def _without_names(value: Any, host: re.Pattern[str]) -> Any:
    if isinstance(value, dict):
        kept = {**value, "value": None} if value.get("name") in PERSONAL_VARIABLES else value
        return {
            _nameless(name, host): None if name in PERSONAL else _without_names(item, host)
            for name, item in kept.items()
        }
    if isinstance(value, list | tuple):
        return [_without_names(item, host) for item in value]
    return _nameless(value, host) if isinstance(value, str) else value


def _nameless(text: str, host: re.Pattern[str]) -> str:
    """The text without the host's name, UUIDs, process ids and folders of this machine's own."""
    text = PATH.sub(lambda found: _short_path(found.group()), text)
    text = HOME.sub("…", text)  # those that stand right behind a letter: `-I/home/…`
    text = PID.sub(r"\1…", UUID.sub("…", text))
    return host.sub("…", text)


def _short_path(path: str) -> str:
    """A path outside the system's own folders, cut to its last two parts below any home."""
    if SYSTEM.match(path):
        return path
    parts = HOME.sub("", path, count=1).strip("/").split("/")
    return "/".join(["…", *filter(None, parts[-2:])])


if __name__ == "__main__":
    main()
