"""This machine's own matrix: the newest one that still holds for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from envprobe.errors import FileFormatError
from envprobe.inventory import Inventory
from envprobe.matrix.matrix import Environment, Matrix, ScanRecord
from envprobe.matrix.store import read_matrix

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


class SavedScan(NamedTuple):
    """The matrix and its file, both None where no scan holds; `notes` say which, or why not."""

    matrix: Matrix | None
    path: Path | None
    notes: tuple[str, ...]


class _Head(msgspec.Struct, frozen=True):
    """As much of a matrix as tells whether it is of this machine."""

    environment: Environment
    scan: ScanRecord
    inventory: dict[str, Any]


def saved_scan(
    files: Iterable[Path], tensorflow: str | None, inventory: Inventory, now: datetime
) -> SavedScan:
    """The first of the files, newest first, that was measured here on what is here now.

    The release (None: any), the CPU, the GPUs that CUDA shows and the kind of build have to be the
    same. A scan that was narrowed or interrupted is taken only where there is no whole one.
    """
    left_out: dict[str, None] = {}
    here = msgspec.to_builtins(inventory)
    fitting = []
    for path, head in _heads(files, left_out):
        if head.scan.host != inventory.host.hostname:
            continue
        if why := _why_not(head, tensorflow, here):
            left_out[f"the scan of {age(head.scan.started, now)} is left out: {why}"] = None
            continue
        fitting.append((path, head))
        if _is_whole(head.scan):
            break
    for path, head in sorted(fitting, key=lambda one: not _is_whole(one[1].scan)):
        try:
            matrix = read_matrix(path)
        except FileFormatError as error:
            left_out[f"a scan is left out: {error}"] = None
            continue
        return SavedScan(matrix, path, (_taken(path, head, age(head.scan.started, now), here),))
    return SavedScan(None, None, tuple(left_out)[:1])


def _is_whole(scan: ScanRecord) -> bool:
    return scan.complete and not scan.narrowed.keys() - {"timing"}


def _why_not(head: _Head, tensorflow: str | None, here: dict[str, Any]) -> str | None:
    own = head.environment.tensorflow
    if tensorflow is not None and own != tensorflow:
        return f"its TensorFlow is {own}" if own else "TensorFlow did not start"
    return _change(head.inventory, here)


def age(started: str, now: datetime) -> str:
    """`3 days ago`; the time as it stands where it is none."""
    try:
        moment = datetime.fromisoformat(started.replace("Z", "+00:00"))
    except ValueError:
        return started
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    seconds = (now - moment).total_seconds()
    for unit, length in _UNITS:
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def _heads(files: Iterable[Path], left_out: dict[str, None]) -> Iterator[tuple[Path, _Head]]:
    for path in files:
        try:
            head = msgspec.json.decode(path.read_bytes(), type=_Head)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            left_out[f"{path} is left out: it cannot be read as a matrix"] = None
            continue
        yield path, head


def _taken(path: Path, head: _Head, when: str, here: dict[str, Any]) -> str:
    narrowed = ", narrowed" if head.scan.narrowed else ""
    text = f"measured {when} ({head.scan.preset} scan{narrowed}): {path}"
    then, now = head.environment.driver, _at(here, "nvml", "driver_version")
    if then and now and then != now:
        text += f"; the driver was {then} then and is {now} now"
    return text


def _change(then: dict[str, Any], here: dict[str, Any]) -> str | None:
    """What is not as it was and decides support; None where nothing is known to differ."""
    for name, old, new in (
        ("the CPU", _at(then, "cpu", "model"), _at(here, "cpu", "model")),
        ("the GPUs", _gpus(then), _gpus(here)),
        (
            "CUDA in the build",
            *(_at(one, "software", "build", "is_cuda_build") for one in (then, here)),
        ),
    ):
        if old is not None and new is not None and old != new:
            return f"{name} changed from {_word(old)} to {_word(new)}"
    return None


def _gpus(inventory: dict[str, Any]) -> list[str] | None:
    """The GPUs that CUDA shows, and parts of them; None where NVML did not answer."""
    if _at(inventory, "nvml", "state") not in ("ok", "absent"):
        return None
    shown = []
    for gpu in _at(inventory, "nvml", "gpus") or ():
        parts = [part for part in gpu.get("mig_instances") or () if _is_shown(part)]
        if _is_shown(gpu) or parts:
            shown.append(str((parts[0] if parts else gpu).get("name")))
    return sorted(shown)


def _is_shown(device: dict[str, Any]) -> bool:
    return device.get("cuda_index") is not None


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) or "none") if isinstance(value, list) else str(value)


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
