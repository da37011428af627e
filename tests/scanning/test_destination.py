"""Where a scan saves: folders that are missing, read-only, full, or gone in the meantime."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from envprobe.errors import UsageError
from envprobe.matrix.location import matrices_folder
from envprobe.matrix.matrix import Environment, Matrix, ScanRecord
from envprobe.matrix.store import encode_matrix, read_matrix
from envprobe.scanning.destination import journal_path, require_writable, save

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
CAP_DAC_OVERRIDE = 1 << 1
CAPABILITY_VERSION_3 = 0x20080522  # linux/capability.h

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")


def matrix(**inventory: Any) -> Matrix:
    environment = Environment(
        devices=(),
        machine="x86_64",
        cpu_isa=(),
        onednn=None,
        python="3.11",
        tensorflow=None,
        tensorflow_build={},
        driver=None,
        cuda=None,
        cudnn=None,
        packages={},
        variables={},
    )
    record = ScanRecord(
        preset="quick",
        started=STARTED.isoformat(),
        seconds=1,
        support_seconds=1,
        timing_seconds=0,
        workers=1,
        restarts=0,
        resumed=0,
        planned=0,
        complete=True,
        envprobe="0.1.0",
        host="teapot",
    )
    return Matrix(
        environment=environment,
        environment_digest="0123456789ab",
        devices=(),
        inventory=inventory,
        findings=(),
        cells=(),
        scan=record,
    )


@contextmanager
def mortal() -> Iterator[None]:
    """Root, too, is bound by the permissions of files in here (for this thread)."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    before = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice 32 bits
    assert libc.capget(header, before) == 0
    without = (ctypes.c_uint32 * 6)(*before)
    without[0] &= ~CAP_DAC_OVERRIDE
    assert libc.capset(header, without) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    folder.chmod(0o555)
    try:
        with mortal():
            yield folder
    finally:
        folder.chmod(0o755)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False, timeout=20)
    except OSError as error:
        pytest.skip(str(error))
    if done.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True, timeout=20)


@pytest.fixture
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_without_an_output_all_lies_in_the_users_folder(data_home: Path) -> None:
    assert matrices_folder() == data_home / "envprobe" / "matrices"
    assert journal_path(None) == matrices_folder() / "scan.journal"
    require_writable(None)
    path, notes = save(matrix(), None, STARTED)
    assert path == matrices_folder() / "teapot-0123456789ab-20260102-030405.json"
    assert notes == ()
    assert read_matrix(path) == matrix()


def test_the_journal_lies_beside_the_output(tmp_path: Path) -> None:
    assert journal_path(tmp_path / "m.json") == tmp_path / "m.json.journal"


def test_an_output_that_can_be_written_is_written(tmp_path: Path) -> None:
    output = tmp_path / "m.json"
    require_writable(output)
    assert list(tmp_path.iterdir()) == []  # asking leaves nothing behind
    assert save(matrix(), output, STARTED) == (output, ())
    assert read_matrix(output) == matrix()
    require_writable(output)  # again, over the old one
    assert save(matrix(again=1), output, STARTED) == (output, ())
    assert read_matrix(output).inventory == {"again": 1}


def test_a_bare_name_lies_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    require_writable(Path("m.json"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is a folder: name a file, as in --output .*/m\.json"):
        require_writable(tmp_path)


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"missing does not exist: make it"):
        require_writable(tmp_path / "missing" / "m.json")
    assert not (tmp_path / "missing").exists()


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"does not exist|Not a directory"):
        require_writable(tmp_path / "file" / "m.json")


def test_a_users_folder_that_cannot_be_made(data_home: Path) -> None:
    data_home.write_text("a file where the folder should be")
    with pytest.raises(UsageError, match=r"cannot write in .*; choose another --output"):
        require_writable(None)


def test_a_read_only_folder_is_refused_before_the_scan(tmp_path: Path) -> None:
    with (
        read_only(tmp_path / "locked") as folder,
        pytest.raises(UsageError, match=r"cannot write in .*locked: Permission denied; choose"),
    ):
        require_writable(folder / "m.json")


def test_a_folder_that_may_not_even_be_looked_into(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o000)
    try:
        with mortal(), pytest.raises(UsageError, match="closed"):
            require_writable(folder / "deeper" / "m.json")
    finally:
        folder.chmod(0o755)


def test_a_folder_that_became_read_only_sends_the_matrix_to_the_temporary_folder(
    tmp_path: Path, temporary: Path
) -> None:
    with read_only(tmp_path / "locked") as folder:
        path, notes = save(matrix(), folder / "m.json", STARTED)
    assert path.parent == temporary
    assert read_matrix(path) == matrix()
    assert len(notes) == 1
    assert "Permission denied" in notes[0]
    assert str(path) in notes[0]


def test_a_disk_that_filled_up_sends_the_matrix_to_the_temporary_folder(
    small_disk: Path, temporary: Path
) -> None:
    output = small_disk / "m.json"
    save(matrix(), output, STARTED)
    require_writable(output)
    large = matrix(text="x" * 40_000)
    path, notes = save(large, output, STARTED)
    assert path.parent == temporary
    assert read_matrix(path) == large
    assert "No space left on device" in notes[0]
    assert read_matrix(output) == matrix()  # the old one is whole
    assert [file.name for file in small_disk.iterdir()] == ["m.json"]


def test_a_name_that_became_a_folder_sends_the_matrix_to_the_temporary_folder(
    tmp_path: Path, temporary: Path
) -> None:
    output = tmp_path / "m.json"
    (output / "inside").mkdir(parents=True)
    path, notes = save(matrix(), output, STARTED)
    assert path.parent == temporary
    assert notes


def test_when_nothing_can_be_written_the_user_is_told(tmp_path: Path, temporary: Path) -> None:
    large = matrix(text="x" * 200_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(encode_matrix(large)) // 2, hard))
    try:
        with pytest.raises(UsageError, match=f"cannot write {temporary}/.*File too large"):
            save(large, tmp_path / "m.json", STARTED)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(temporary.iterdir())
    assert not (tmp_path / "m.json").exists()


def test_capabilities_are_back_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    with read_only(folder):
        assert not os.access(folder, os.W_OK, effective_ids=True)
    (folder / "file").touch()
