"""What a scan finds out about itself."""

from __future__ import annotations

from envprobe.probe.lane import LaneFailed
from envprobe.scanning.findings import tensorflow_does_not_start, workers_keep_dying
from envprobe.terms import Severity


def test_a_missing_tensorflow_is_to_be_installed() -> None:
    reason = "ModuleNotFoundError: No module named 'tensorflow'"
    finding = tensorflow_does_not_start(LaneFailed("all devices", reason))
    assert finding.code == "SCN101"
    assert finding.name == "tensorflow-missing"
    assert finding.severity is Severity.ERROR
    assert finding.seen == reason
    assert "pip install" in str(finding.fix)


def test_a_tensorflow_that_crashes_is_not_to_be_installed_again() -> None:
    finding = tensorflow_does_not_start(LaneFailed("CPU", "the worker did not start: SIGILL"))
    assert finding.name == "tensorflow-does-not-start"
    assert "SIGILL" in finding.seen
    assert "pip install" not in str(finding.fix)


def test_a_missing_part_of_tensorflow_is_not_a_missing_tensorflow() -> None:
    reason = "ModuleNotFoundError: No module named 'tensorflow.python'"
    finding = tensorflow_does_not_start(LaneFailed("CPU", reason))
    assert finding.name == "tensorflow-does-not-start"


def test_workers_that_keep_dying_name_their_lane() -> None:
    finding = workers_keep_dying(LaneFailed("GPU:1", "given up after 5 deaths"))
    assert finding.code == "SCN102"
    assert finding.severity is Severity.ERROR
    assert finding.seen == "GPU:1: given up after 5 deaths"
    assert "--resume" in str(finding.fix)
