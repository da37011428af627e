"""`envprobe check` as a user meets it: every case is a real process."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest

from envprobe.inventory import take_inventory
from envprobe.matrix import read_matrix, write_matrix
from envprobe.models.oplist import Requirement
from envprobe.models.store import read_oplist
from envprobe.probe.interpreter import interpreter
from envprobe.probe.trace import save_oplist
from tests.check.asking import conv, node
from tests.cli.checking import MODELS, RECORDED, check, document, oplist_file, recorded, renamed

DENSE = node("MatMul", ("a", (2, 6)), ("b", (6, 3)), attrs={"transpose_a": False})
POOL3D = node("AvgPool3D", ("input", (2, 6, 6, 6, 2)), dtype="float64")


@pytest.mark.tensorflow
def test_a_model_that_runs_is_supported(tmp_path: Path, tensorflow_python: str) -> None:
    done = check(
        tmp_path, f"{MODELS}:small", "--input", "float32[4,8,8,3]", "--target", "int32[4]@0:5",
        "--python", tensorflow_python, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = document(done)
    assert (found["verdict"], found["mode"], found["batch"]) == ("supported", "train", 4)
    assert [one for one in found["findings"] if one["severity"] == "error"] == []
    assert found["requirements"] == sum(found["evidence"].values()) > 50


@pytest.mark.tensorflow
def test_a_model_that_fails_names_the_culprit_within_80_columns(
    tmp_path: Path, tensorflow_python: str
) -> None:
    done = check(
        tmp_path, f"{MODELS}:skip", "--input", "float32[2,9,9,3]", "--target", "float32[2,9,9,6]",
        "--python", tensorflow_python, PYTHONIOENCODING="ascii",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    words = " ".join(done.stdout.split())
    assert words.startswith("unsupported: ")
    for part in ("CHK1", "shape-mismatch", "layer joined", "traced_models.py:"):
        assert part in words
    assert done.stdout.isascii()
    assert max(map(len, done.stdout.replace(str(MODELS), "").splitlines())) <= 80


@pytest.mark.slow
@pytest.mark.tensorflow
def test_what_is_noted_of_the_model_leaves_stdout_one_document(
    tmp_path: Path, tensorflow_python: str
) -> None:
    done = check(tmp_path, f"{MODELS}:prints", "--json", "--python", tensorflow_python)
    assert done.returncode == 0, done.stderr
    assert any("optimizer 'adam' is taken" in note for note in document(done)["notes"])
    assert "a line on stdout" not in done.stdout


def test_an_op_list_needs_no_tensorflow(tmp_path: Path) -> None:
    """Neither the interpreter that is named nor anything on PATH is started."""
    file = oplist_file(tmp_path / "o.json", DENSE, conv())
    done = check(
        tmp_path, file, "--matrix", RECORDED, "--python", "/no/such/python", PATH="/nowhere"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("supported: ")


@pytest.mark.parametrize(
    ("requirement", "measured", "verdict", "code"),
    [
        (DENSE, True, "supported", 0),
        (POOL3D, True, "unsupported", 1),
        (DENSE, False, "unknown", 3),
    ],
)
def test_the_exit_code_is_the_verdict(
    tmp_path: Path, requirement: Requirement, measured: bool, verdict: str, code: int
) -> None:
    file = oplist_file(tmp_path / "o.json", requirement)
    matrix = RECORDED if measured else _nothing_known(tmp_path / "m.json")
    plain = check(tmp_path, file, "--matrix", matrix)
    assert (plain.returncode, plain.stdout.split(":")[0]) == (code, verdict)
    told = check(tmp_path, file, "--matrix", matrix, "--json")
    assert told.returncode == code
    assert document(told)["verdict"] == verdict


def _nothing_known(path: Path) -> Path:
    """A machine whose TensorFlow did not start: no cell and no registry speaks of it."""
    matrix = recorded()
    environment = msgspec.structs.replace(matrix.environment, tensorflow=None)
    nothing = {"cells": (), "environment": environment, "registrations": None}
    write_matrix(path, msgspec.structs.replace(matrix, **nothing))
    return path


def test_a_model_in_words_has_its_answer_too(tmp_path: Path) -> None:
    file = tmp_path / "ops.txt"
    file.write_text("MatMul float32\nRelu float32\n")
    done = check(tmp_path, file, "--matrix", RECORDED, "--json")
    found = document(done)
    assert found["requirements"] == 2
    assert (done.returncode, found["verdict"]) in {(0, "supported"), (3, "unknown")}


def test_a_tensorflow_that_does_not_start_is_exit_code_3(tmp_path: Path) -> None:
    done = check(tmp_path, f"{MODELS}:small", "--python", "/bin/false")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
    assert "TensorFlow cannot be started" in done.stderr


@pytest.mark.tensorflow
def test_probe_measures_what_is_open_and_keeps_the_cells(
    tmp_path: Path, tensorflow_python: str
) -> None:
    """The first check says what is only registered, the second runs it, the third knows it."""
    inventory = take_inventory(python=interpreter(tensorflow_python))
    assert inventory.software.tensorflow
    host, release = inventory.host.hostname, inventory.software.tensorflow[0].version
    here = msgspec.structs.replace(renamed(recorded(), host or ""), cells=(), inventory={})
    environment = msgspec.structs.replace(here.environment, tensorflow=release)
    saved = tmp_path / "data" / "envprobe" / "matrices" / f"{host}-own.json"
    write_matrix(saved, msgspec.structs.replace(here, environment=environment))
    file = oplist_file(tmp_path / "o.json", DENSE, conv(), tensorflow=release)
    python = ("--python", tensorflow_python)
    before = document(check(tmp_path, file, "--json", *python))
    assert before["evidence"] == {"measured": 0, "registered": 2, "none": 0}
    assert read_matrix(saved).cells == ()

    probed = check(tmp_path, file, "--probe", "--json", *python)
    assert probed.returncode == 0, probed.stderr
    assert document(probed)["evidence"] == {"measured": 2, "registered": 0, "none": 0}
    assert any(str(saved) in note for note in document(probed)["notes"])
    assert {cell.op for cell in read_matrix(saved).cells} == {"MatMul", "Conv2D"}

    after = document(check(tmp_path, file, "--json", *python))
    assert after["evidence"] == {"measured": 2, "registered": 0, "none": 0}


@pytest.mark.tensorflow
def test_a_dry_run_takes_a_real_step(tmp_path: Path, tensorflow_python: str) -> None:
    done = check(
        tmp_path, f"{MODELS}:small", "--input", "float32[2,8,8,3]", "--target", "int32[2]@0:5",
        "--python", tensorflow_python, "--dry-run", "--json",
    )  # fmt: skip
    found = document(done)
    assert (done.returncode, found["verdict"]) == (0, "supported"), done.stderr
    assert found["targets"][0]["reason"] == "one real step ran here, and its numbers are finite"


@pytest.mark.slow
@pytest.mark.tensorflow
def test_a_dry_run_finds_labels_that_have_no_class(tmp_path: Path, tensorflow_python: str) -> None:
    done = check(
        tmp_path, f"{MODELS}:small", "--input", "float32[2,8,8,3]", "--target", "int32[2]@7:9",
        "--python", tensorflow_python, "--dry-run", "--json",
    )  # fmt: skip
    found = document(done)
    assert (done.returncode, found["verdict"]) == (1, "unsupported"), done.stderr


def test_the_same_op_list_is_the_same_document_each_time(tmp_path: Path) -> None:
    file = oplist_file(tmp_path / "o.json", DENSE, POOL3D, conv())
    first, second = (check(tmp_path, file, "--matrix", RECORDED, "--json") for _ in range(2))
    assert first.stdout == second.stdout
    again = tmp_path / "again.json"
    save_oplist(again, read_oplist(file))
    assert check(tmp_path, again, "--matrix", RECORDED, "--json").stdout == first.stdout


def test_a_reader_that_has_gone_changes_no_exit_code(tmp_path: Path) -> None:
    file = oplist_file(tmp_path / "o.json", POOL3D)
    reading, writing = os.pipe()
    os.close(reading)
    done = check(tmp_path, file, "--matrix", RECORDED, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(RECORDED.read_text())["kind"] == "matrix"
