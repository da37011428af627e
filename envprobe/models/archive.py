"""What a `.keras` archive claims to hold, judged by its directory before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from envprobe.errors import FileFormatError
from envprobe.models.unsafe import UnsafeModelError

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
MOST_ENTRIES = 10_000
MOST_CONFIG_BYTES = 256 * 1024 * 1024
MOST_BYTES = 64 * 1024**3  # of all entries together, unpacked
# Weights hardly shrink, and text rarely by more than this; bombs shrink a thousandfold.
MOST_RATIO = 200
_RATIO_FROM_BYTES = 16 * 1024 * 1024
_LINK = 0o120000
_PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth")


def config_of_archive(path: Path) -> bytes:
    """The model's config, out of an archive whose entries are all in order.

    Raises UnsafeModelError for one that could harm, FileFormatError for one that cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _judge(path, entries)
            if CONFIG not in {entry.filename for entry in entries}:
                raise FileFormatError(f"{path} is a zip archive without {CONFIG}: no .keras file")
            return _read(archive, path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileFormatError(
            f"{path} is a broken zip archive ({error}): copy it again, or save the model again"
        ) from error
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}") from error


def _read(archive: zipfile.ZipFile, path: Path) -> bytes:
    """The config, never more of it than its directory entry claims."""
    with archive.open(CONFIG) as file:
        data = file.read(MOST_CONFIG_BYTES + 1)
    if len(data) > MOST_CONFIG_BYTES:
        raise UnsafeModelError(f"{path}: {CONFIG} unpacks to more than {MOST_CONFIG_BYTES} bytes")
    return data


def _judge(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise UnsafeModelError(f"{path} holds {len(entries)} entries: at most {MOST_ENTRIES}")
    names = [entry.filename for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(names) < 500 else []
    if twice:
        raise UnsafeModelError(f"{path} holds {twice[0]!r} twice: readers may differ in which")
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        raise UnsafeModelError(f"{path} unpacks to {total} bytes: at most {MOST_BYTES}")
    for entry in entries:
        _judge_entry(path, entry)


def _judge_entry(path: Path, entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in name or "\0" in name:
        raise UnsafeModelError(f"{path}: the entry {name!r} points out of the archive")
    if (entry.external_attr >> 16) & 0o170000 == _LINK:
        raise UnsafeModelError(f"{path}: the entry {name!r} is a link")
    if name.lower().endswith(_PICKLES):
        raise UnsafeModelError(f"{path}: the entry {name!r} is a pickle, which runs code when read")
    if entry.flag_bits & 1:
        raise FileFormatError(f"{path}: the entry {name!r} is encrypted")
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > _RATIO_FROM_BYTES and ratio > MOST_RATIO:
        raise UnsafeModelError(
            f"{path}: the entry {name!r} unpacks to {entry.file_size} bytes, {ratio:.0f} times "
            "its size: a zip bomb"
        )
    if name == CONFIG and entry.file_size > MOST_CONFIG_BYTES:
        raise UnsafeModelError(f"{path}: {CONFIG} unpacks to {entry.file_size} bytes")
