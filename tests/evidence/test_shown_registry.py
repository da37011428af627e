from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from envprobe.errors import FileFormatError, UsageError
from envprobe.evidence.shown_registry import (
    MeasuredHere,
    installed_tensorflow,
    measured_here,
    shown_registry,
)
from envprobe.inventory.distributions import Installed
from envprobe.matrix.store import read_matrix
from envprobe.registrations import read_release
from envprobe.registrations.record import record_of


def installed(name: str, *, provides: bool = True) -> Installed:
    return Installed(name=name, version="2.17.0", folder="/x", provides_tensorflow=provides)


def test_the_version_that_is_asked_for_goes_before_all(recorded: Path) -> None:
    measured = MeasuredHere(path=recorded, matrix=read_matrix(recorded))
    shown = shown_registry("2.15.1", measured)
    assert (shown.registrations.tensorflow, shown.source, shown.exact) == ("2.15.1", "asked", True)
    near = shown_registry("2.15.0", None)
    assert (near.registrations.tensorflow, near.asked, near.exact) == ("2.15.1", "2.15.0", False)
    with pytest.raises(UsageError, match="no TensorFlow version"):
        shown_registry("newest", None)


def test_a_scan_shows_the_registry_that_it_found(recorded: Path) -> None:
    release = read_release("2.21.0")
    own = msgspec.structs.replace(
        release,
        tensorflow="2.21.0+vendor",
        kernels={op: rows for op, rows in release.kernels.items() if op != "Conv3D"},
    )
    matrix = msgspec.structs.replace(read_matrix(recorded), registrations=record_of(own))
    shown = shown_registry(None, MeasuredHere(path=recorded, matrix=matrix))
    assert (shown.source, shown.exact, shown.asked) == ("scan", True, "2.21.0+vendor")
    assert shown.registrations.kernels_of("Conv3D") == ()


def test_a_scan_without_its_registry_shows_its_release(recorded: Path) -> None:
    matrix = msgspec.structs.replace(read_matrix(recorded), registrations=None)
    shown = shown_registry(None, MeasuredHere(path=recorded, matrix=matrix))
    assert (shown.source, shown.registrations.tensorflow) == ("scan", "2.21.0")


def test_tensorflow_goes_by_many_names() -> None:
    vendor = installed("fast-tf")
    assert installed_tensorflow([installed("numpy", provides=False)]) is None
    assert installed_tensorflow([vendor]) == vendor
    usual = installed("tf_nightly")
    assert installed_tensorflow([vendor, usual]) == usual


def test_the_last_scan_is_taken_and_a_broken_one_is_only_noted(
    no_scan: Path, recorded: Path
) -> None:
    assert measured_here(None) == (None, ())
    no_scan.mkdir(parents=True)
    last = no_scan / "last.json"
    last.write_bytes(recorded.read_bytes())
    found, notes = measured_here(None)
    assert found is not None
    assert (found.path, notes) == (last, ())
    last.write_text("{")
    found, notes = measured_here(None)
    assert found is None
    assert len(notes) == 1
    assert str(last) in notes[0]
    with pytest.raises(FileFormatError):
        measured_here(last)
