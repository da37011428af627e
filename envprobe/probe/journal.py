"""The scan's journal: every answered cell on disk as it comes, for `--resume`."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from envprobe.errors import EnvprobeError, UsageError
from envprobe.matrix.cell import Cell, CellKey

FORMAT_VERSION = 1
_SYNC_SECONDS = 1.0


class JournalHeader(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: which scan this is the journal of."""

    kind: Literal["journal"] = "journal"
    format_version: int = FORMAT_VERSION
    environment_digest: str
    preset: str
    narrowed: dict[str, list[str]] = {}
    envprobe: str


class Journal:
    """An open journal, locked against other scans. Made by `create` or `resume`.

    A disk that is full or gone must not end a scan: the journal then turns itself off and
    `broken` says why; None while all is well.
    """

    def __init__(self, path: Path, descriptor: int | None, broken: str | None = None) -> None:
        self.path = path
        self.broken = broken
        self._descriptor = descriptor
        self._synced = time.monotonic()

    @classmethod
    def create(cls, path: Path, header: JournalHeader) -> Journal:
        """A new journal; an unfinished one that lies there is moved aside (`.1`, `.2`, …).

        Raises `UsageError` when another scan is writing it.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _move_aside(path)
            descriptor = _open_locked(path, os.O_CREAT)
        except OSError as error:
            return cls(path, None, f"cannot write {path}: {error.strerror}")
        journal = cls(path, descriptor)
        journal._append(header)
        return journal

    @classmethod
    def resume(cls, path: Path, header: JournalHeader) -> tuple[Journal, dict[CellKey, Cell]]:
        """The journal of an interrupted scan, and its cells; `header` is the new scan's.

        A line that was cut short is forgotten. Raises `UsageError` when there is nothing to
        resume, another scan is writing it, or the environment or envprobe is another one.
        """
        try:
            descriptor = _open_locked(path, 0)
            try:
                cells = _checked_cells(path, descriptor, header)
            except BaseException:
                os.close(descriptor)
                raise
        except FileNotFoundError:
            raise _nothing_to_resume(path) from None
        except OSError as error:
            raise UsageError(f"cannot resume {path}: {error.strerror}") from error
        return cls(path, descriptor), cells

    def write(self, cell: Cell) -> None:
        """Append one cell; a later line of the same key replaces the earlier one."""
        self._append(cell)

    def close(self) -> None:
        """Sync and close; the file stays, to be resumed."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with suppress(OSError):
                os.fsync(descriptor)
            os.close(descriptor)

    def discard(self) -> None:
        """Delete it: the scan is complete and its matrix saved."""
        if self._descriptor is not None:  # while the lock is held, so that it is ours
            with suppress(OSError):
                self.path.unlink()
        self.close()

    def _append(self, line: JournalHeader | Cell) -> None:
        if self._descriptor is None:
            return
        try:
            # One unbuffered write a line: the kernel has it, even if this process is killed now.
            _write_all(self._descriptor, msgspec.json.encode(line) + b"\n")
            if time.monotonic() - self._synced >= _SYNC_SECONDS:
                os.fsync(self._descriptor)
                self._synced = time.monotonic()
        except OSError as error:
            self.broken = f"cannot write {self.path}: {error.strerror}"
            self.close()


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:  # a disk that fills up takes a part first, and says why at the next attempt
        left = left[os.write(descriptor, left) :]


def _open_locked(path: Path, flags: int) -> int:
    """The file open for appending and locked until it is closed, even by a kill."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | flags, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.stat(path).st_ino != os.fstat(descriptor).st_ino:  # noqa: PTH116
            raise BlockingIOError  # moved aside by another scan in this very moment
    except BlockingIOError:
        os.close(descriptor)
        raise UsageError(
            f"another scan is writing {path}: wait for it, or choose another --output"
        ) from None
    except OSError:
        pass  # a file system without locks: better unlocked than not at all
    return descriptor


def _move_aside(path: Path) -> None:
    if not path.exists() or path.stat().st_size == 0:
        return
    descriptor = _open_locked(path, 0)
    try:
        number = 1
        while (aside := path.with_name(f"{path.name}.{number}")).exists():
            number += 1
        path.rename(aside)
    finally:
        os.close(descriptor)


def _checked_cells(path: Path, descriptor: int, header: JournalHeader) -> dict[CellKey, Cell]:
    data = _read_all(descriptor)
    whole = data.rfind(b"\n") + 1
    lines = data[:whole].splitlines()
    if not lines:
        raise _nothing_to_resume(path)
    _check_header(path, lines[0], header)
    os.ftruncate(descriptor, whole)  # the next line must not be glued to one that was cut short
    return _cells_from_lines(lines[1:])


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


def _check_header(path: Path, line: bytes, header: JournalHeader) -> None:
    try:
        seen = msgspec.json.decode(line, type=JournalHeader)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UsageError(f"{path} is not the journal of a scan: scan without --resume") from None
    for name, old, new in (
        ("format", seen.format_version, header.format_version),
        ("environment", seen.environment_digest, header.environment_digest),
        ("envprobe", seen.envprobe, header.envprobe),
    ):
        if old != new:
            raise UsageError(
                f"{path} was measured with another {name} ({old}, now {new}): scan without --resume"
            )


def _cells_from_lines(lines: list[bytes]) -> dict[CellKey, Cell]:
    decoder = msgspec.json.Decoder(Cell)
    cells: dict[CellKey, Cell] = {}
    for line in lines:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):  # a line damaged by a crash
            cell = decoder.decode(line)
            cells[cell.key] = cell
    return cells


def _nothing_to_resume(path: Path) -> EnvprobeError:
    return UsageError(f"nothing to resume at {path}: scan without --resume")
