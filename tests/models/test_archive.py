"""Hostile and broken `.keras` archives are refused by their directory, unpacked by nobody."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from envprobe.errors import FileFormatError
from envprobe.models.archive import MOST_ENTRIES, config_of_archive
from envprobe.models.unsafe import UnsafeModelError

CONFIG = {"config.json": b"{}"}


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return path


def test_the_config_of_an_archive_in_order(tmp_path: Path) -> None:
    made = archive(tmp_path / "m.keras", {"metadata.json": b"{}", "config.json": b'{"a": 1}'})
    assert config_of_archive(made) == b'{"a": 1}'


@pytest.mark.parametrize(
    "name", ["../outside.h5", "/etc/passwd", "a/../../b", "..\\outside", "C:\\x", "assets/x.pkl"]
)
def test_an_entry_that_leads_out_or_runs_code_is_refused(tmp_path: Path, name: str) -> None:
    made = archive(tmp_path / "m.keras", {**CONFIG, name: b""})
    with pytest.raises(UnsafeModelError, match="the entry"):
        config_of_archive(made)


def test_a_link_is_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("model.weights.h5")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as made:
        made.writestr("config.json", "{}")
        made.writestr(entry, "/etc/passwd")
    with pytest.raises(UnsafeModelError, match="is a link"):
        config_of_archive(tmp_path / "m.keras")


def test_a_zip_bomb_is_refused_by_its_claim(tmp_path: Path) -> None:
    made = archive(tmp_path / "m.keras", {**CONFIG, "model.weights.h5": bytes(32 << 20)})
    with pytest.raises(UnsafeModelError, match="a zip bomb"):
        config_of_archive(made)


def test_many_entries_and_names_twice_are_refused(tmp_path: Path) -> None:
    many = {f"assets/{number}": b"" for number in range(MOST_ENTRIES)}
    with pytest.raises(UnsafeModelError, match=f"holds {MOST_ENTRIES + 1} entries"):
        config_of_archive(archive(tmp_path / "many.keras", {**CONFIG, **many}))
    with zipfile.ZipFile(tmp_path / "twice.keras", "w") as made:
        made.writestr("config.json", "{}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("config.json", '{"other": 1}')
    with pytest.raises(UnsafeModelError, match=r"holds 'config\.json' twice"):
        config_of_archive(tmp_path / "twice.keras")


def test_broken_archives_are_told_as_broken(tmp_path: Path) -> None:
    whole = archive(tmp_path / "m.keras", {**CONFIG, "model.weights.h5": b"x" * 5000}).read_bytes()
    (tmp_path / "cut.keras").write_bytes(whole[:-40])
    with pytest.raises(FileFormatError, match="broken zip archive"):
        config_of_archive(tmp_path / "cut.keras")
    with pytest.raises(FileFormatError, match=r"without config\.json"):
        config_of_archive(archive(tmp_path / "other.keras", {"a.txt": b""}))
    damaged = whole.replace(b"{}", b"[]", 1)
    (tmp_path / "crc.keras").write_bytes(damaged)
    if damaged != whole:
        with pytest.raises(FileFormatError, match="broken zip archive"):
            config_of_archive(tmp_path / "crc.keras")
