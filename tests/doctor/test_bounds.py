"""Bounds of Python packages: whose word counts, and how grave it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from envprobe.doctor.examination import Examination, StartFailure
from envprobe.doctor.examples import (
    changed,
    healthy_cpu,
    with_package,
    with_tensorflow_version,
    without_start,
)
from envprobe.doctor.judge import judge
from envprobe.doctor.rules._bounds import asked_of, outside
from envprobe.inventory import take_inventory
from envprobe.terms import Finding, Severity

REQUIRES = "inventory.software.tensorflow.0.requires"


def found(examination: Examination) -> dict[str, Finding]:
    return {finding.code: finding for finding in judge(examination)}


def test_the_installed_metadata_goes_before_the_table() -> None:
    assert asked_of(healthy_cpu(), "numpy") == ">=1.26.0"
    machine = changed(healthy_cpu(), REQUIRES, ("numpy<2.2,>=1.26",))
    assert asked_of(machine, "numpy") == "<2.2,>=1.26"
    assert asked_of(changed(machine, REQUIRES, ("numpy<1; extra == 'x'",)), "numpy") == ">=1.26.0"


def test_markers_are_read_for_the_examined_python() -> None:
    machine = with_tensorflow_version(healthy_cpu(), "2.16.2")
    assert asked_of(machine, "numpy") == ">=1.23.5,<2.0.0"
    newer = changed(machine, "inventory.software.python.version", "3.12.1")
    assert asked_of(newer, "numpy") == ">=1.26.0,<2.0.0"


def test_a_nightly_is_judged_by_its_own_metadata_alone() -> None:
    machine = with_tensorflow_version(healthy_cpu(), "2.23.0.dev20261101")
    assert outside(machine, "numpy") is None
    asked = changed(machine, REQUIRES, ("numpy>=2.3",))
    assert "DOC271" in found(without_start(asked))


def test_what_was_seen_to_fail_is_an_error_until_tensorflow_has_started() -> None:
    machine = with_tensorflow_version(healthy_cpu(), "2.17.1")
    assert found(without_start(machine))["DOC271"].severity is Severity.ERROR
    started = found(machine)["DOC271"]
    assert started.severity is Severity.INFO
    assert "started with it" in started.seen


def test_a_bound_that_was_seen_to_be_too_tight_is_no_warning() -> None:
    machine = with_package(with_tensorflow_version(healthy_cpu(), "2.18.1"), "numpy", "2.4.6")
    assert found(without_start(machine))["DOC271"].severity is Severity.INFO


def test_metadata_without_a_bound_does_not_hide_what_is_known_to_fail() -> None:
    machine = without_start(with_tensorflow_version(healthy_cpu(), "2.9.3"))
    assert "DOC271" not in found(machine)
    issue = found(machine)["DOC289"]
    assert (issue.severity, issue.seen.partition(":")[0]) == (Severity.ERROR, "numpy-2-binary")
    assert str(issue.command).endswith("'numpy<2'")


def test_a_start_that_failed_because_of_it_is_not_told_twice() -> None:
    machine = without_start(with_tensorflow_version(healthy_cpu(), "2.17.1"))
    failure = StartFailure(kind="raised", reason="AttributeError: _ARRAY_API not found")
    assert "DOC271" not in found(changed(machine, "start_failure", failure))
    other = StartFailure(kind="raised", reason="ImportError: libstdc++.so.6")
    assert "DOC271" in found(changed(machine, "start_failure", other))


def test_of_two_copies_the_one_that_is_imported_counts() -> None:
    machine = with_package(healthy_cpu(), "numpy", "1.20.0")
    packages = machine.inventory.software.packages or ()
    first = "/first/on/the/path"
    copies = [one for one in packages if one.name == "numpy"]
    shadow = [changed_folder(one, first, "2.1.3") for one in copies]
    machine = changed(machine, "inventory.software.packages", (*packages, *shadow))
    assert str(machine.package("numpy")) == "1.20.0"
    path = (first, *(machine.inventory.software.python.path or ()))
    machine = changed(machine, "inventory.software.python.path", path)
    assert str(machine.package("numpy")) == "2.1.3"


def changed_folder(one: object, folder: str, version: str) -> object:
    import msgspec

    return msgspec.structs.replace(one, folder=folder, version=version)  # type: ignore[type-var]


def test_the_real_environments_are_within_their_bounds(
    tensorflow_python: str, old_tensorflow_python: str
) -> None:
    for python in (tensorflow_python, old_tensorflow_python):
        inventory = take_inventory(python=python)
        grave = [
            finding
            for finding in judge(Examination(inventory=inventory))
            if finding.severity is not Severity.INFO and "DOC250" <= finding.code <= "DOC289"
        ]
        assert grave == []


@pytest.mark.slow
def test_a_real_conflict(tensorflow_python: str, tmp_path: Path) -> None:
    """A protobuf older than TensorFlow's generated code, before it on the path."""
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(tmp_path)]
    if subprocess.run([*pip, "protobuf==5.27.5"], check=False).returncode:
        pytest.skip("pip cannot install protobuf here")
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{tmp_path}" exec "{tensorflow_python}" "$@"\n')
    program.chmod(0o755)
    inventory = take_inventory(python=str(program))
    codes = {f.code: f for f in judge(Examination(inventory=inventory))}
    assert "protobuf 5.27.5" in codes["DOC272"].seen
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    start = [tensorflow_python, "-c", "import tensorflow"]
    done = subprocess.run(start, env=env, capture_output=True, check=False)
    assert (codes["DOC272"].severity is Severity.ERROR) <= (done.returncode != 0)
    assert b"rotobuf" in done.stderr
