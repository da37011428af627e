"""`envprobe doctor` as a user meets it: every case is a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from envprobe.cli._exits import ERROR_FOUND, FINE, NOTHING_PROBED, WRONG_USAGE, code_of_doctor
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.forecast import Change, Forecast
from envprobe.doctor.result import DoctorResult
from envprobe.terms import Finding, Severity


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "envprobe.cli", "doctor", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        (["--python", "/nowhere/python"], "/nowhere/python"),
        (["--python", "/bin/true"], "/bin/true"),
        (["--target", "tensorflow==2.18.7"], "2.18.1"),
        (["--target", "numpy==2.0.0"], "tensorflow==2.18.1"),
        (["--explain", "tensorflow-provided"], "tensorflow-provided-twice"),
        (["--explain", "XYZ1"], "XYZ1"),
        (["--json", "--fix-script"], "one of them"),
        (["surplus"], "surplus"),
        (["--jsn"], "--json"),
    ],
)
def test_wrong_usage_is_one_clear_line(arguments: list[str], seen: str) -> None:
    done = doctor(*arguments)
    assert (done.returncode, done.stdout) == (WRONG_USAGE, "")
    assert done.stderr.startswith("envprobe: ")
    assert done.stderr.count("\n") == 1
    assert seen in done.stderr


def test_json_is_one_document_and_nothing_else() -> None:
    done = doctor("--no-tensorflow", "--json")
    document = json.loads(done.stdout)
    assert (document["kind"], document["format_version"]) == ("doctor", 1)
    keys = {"code", "name", "severity", "seen", "why", "fix", "command", "source"}
    assert all(set(finding) == keys for finding in document["findings"])
    assert document["inventory"]["host"]["machine"]
    assert done.stderr == ""


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_the_verdict_comes_first_at_any_width(columns: str) -> None:
    done = doctor("--no-tensorflow", COLUMNS=columns)
    first = done.stdout.splitlines()[0]
    assert first.startswith(("no errors, no warnings:", "1 ", "2 ", "3 ", "4 ", "5 "))
    assert "\x1b" not in done.stdout
    assert "rules looked at the files and NVML." in done.stdout.replace("\n", " ")


def test_an_encoding_without_typography_gets_plain_characters() -> None:
    done = doctor("--target", "tensorflow==2.4.0", PYTHONIOENCODING="ascii")
    assert done.stdout.isascii()
    assert "(a forecast)" in done.stdout


def test_colour_only_where_it_is_wanted() -> None:
    coloured = doctor("--no-tensorflow", FORCE_COLOR="1", NO_COLOR="")
    assert "\x1b[" in coloured.stdout
    plain = doctor("--no-tensorflow", FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b[3" not in plain.stdout


def test_the_script_is_one_for_the_shell() -> None:
    done = doctor("--no-tensorflow", "--fix-script")
    assert done.stdout.startswith("#!/bin/sh\n")
    read = subprocess.run(["sh", "-n"], input=done.stdout, text=True, timeout=30, check=False)
    assert read.returncode == 0


def test_a_forecast_says_that_it_is_one() -> None:
    done = doctor("--target", "tensorflow==2.4.0")
    assert done.returncode == ERROR_FOUND  # no Python that envprobe runs on has wheels of it
    assert "it was not installed or started" in done.stdout
    assert "Python: 3." in done.stdout


def test_a_rule_is_explained() -> None:
    done = doctor("--explain", "DOC202")
    assert done.returncode == FINE
    assert done.stdout.startswith("DOC202 tensorflow-provided-twice\n")
    assert "Why it matters" in done.stdout


def test_a_reader_that_has_gone_is_no_fault() -> None:
    command = f"set -o pipefail; '{sys.executable}' -m envprobe.cli doctor --no-tensorflow | true"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode in (FINE, ERROR_FOUND), done.stderr) == (True, "")


def test_the_code_follows_from_the_result() -> None:
    def result(*findings: Finding, asked: bool = False, blocks: bool | None = None) -> int:
        change = Change(name="Python", here="3.14", needs="3.12", blocks=bool(blocks))
        forecast = Forecast(requirement="x", release="x", changes=(change,), command="x")
        return code_of_doctor(
            DoctorResult(
                findings=findings,
                inventory=healthy_cpu().inventory,
                asked_tensorflow=asked,
                forecast=None if blocks is None else forecast,
                rules=1,
            )
        )

    def finding(severity: Severity) -> Finding:
        return Finding(code="DOC999", name="a-fault", severity=severity, seen="x", why="y")

    assert result() == FINE
    assert result(finding(Severity.WARNING), finding(Severity.INFO)) == FINE
    assert result(finding(Severity.ERROR)) == ERROR_FOUND
    assert result(blocks=True) == ERROR_FOUND
    assert result(blocks=False) == FINE


def test_tensorflow_that_was_asked_and_did_not_tell_leaves_it_open() -> None:
    def code(machine: Examination) -> int:
        result = DoctorResult(
            findings=(), inventory=machine.inventory, asked_tensorflow=True, rules=1
        )
        return code_of_doctor(result)

    assert code(healthy_cpu()) == FINE
    assert code(changed(healthy_cpu(), "inventory.tensorflow", None)) == NOTHING_PROBED
