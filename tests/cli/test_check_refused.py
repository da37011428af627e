"""`envprobe check` of what is no model: one line that helps, exit code 2, nothing executed."""

from __future__ import annotations

import json
import pickle
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.check.asking import node
from tests.cli.checking import MODELS, RECORDED, Done, check, document, oplist_file

MARKER = "ran.txt"
LAMBDA = {"class_name": "Lambda", "module": "keras.layers", "config": {"name": "twice"}}
SEQUENTIAL = {
    "class_name": "Sequential",
    "module": "keras",
    "config": {"name": "plain", "layers": [LAMBDA]},
}


class WritesOnLoad:
    """What a hostile pickle runs."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, (f"open({MARKER!r}, 'w')",)


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in {"config.json": b"{}", **entries}.items():
            made.writestr(name, data)
    return path


def python(path: Path, text: str) -> Path:
    """A Python file that leaves a mark when it is run."""
    path.write_text(f"open({str(path.parent / MARKER)!r}, 'w')\n{text}\n")
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def unfit(path: Path, **fields: object) -> Path:
    """An op list that says something else of itself."""
    plain = json.loads(oplist_file(path, node("Relu", ("features", (2, 2)))).read_text())
    return written(path, json.dumps(plain | fields).encode())


def require_one_line(done: Done, *parts: str, code: int = 2) -> None:
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.startswith("envprobe: ")
    assert done.stderr.count("\n") == 1
    for part in parts:
        assert part in done.stderr


def cut(path: Path) -> Path:
    whole = archive(path, {"model.weights.h5": b"x" * 5000}).read_bytes()
    return written(path, whole[:-40])


def folder(path: Path) -> Path:
    path.mkdir()
    return path


FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda at: at / "gone.keras", "gone.keras does not exist"),
    "extension": (lambda at: written(at / "m.onnx", b"\x08\x07" * 9), "is of no kind"),
    "empty": (lambda at: written(at / "m.keras", b""), "is empty"),
    "text": (lambda at: written(at / "m.keras", b"hello"), "is no zip archive"),
    "cut": (lambda at: cut(at / "m.keras"), "broken zip archive"),
    "traversal": (lambda at: archive(at / "m.keras", {"../../out": b""}), "../../out"),
    "absolute": (lambda at: archive(at / "m.keras", {"/etc/passwd": b""}), "/etc/passwd"),
    "bomb": (lambda at: archive(at / "m.keras", {"w.h5": bytes(32 << 20)}), "zip bomb"),
    "lambda": (
        lambda at: archive(at / "m.keras", {"config.json": json.dumps(SEQUENTIAL).encode()}),
        "layer 'twice' is a Lambda layer",
    ),
    "pickle": (lambda at: written(at / "m.pkl", pickle.dumps(WritesOnLoad())), "is a pickle"),
    "hidden": (lambda at: written(at / "m.dat", pickle.dumps(WritesOnLoad())), "is a pickle"),
    "h5": (lambda at: written(at / "m.h5", b"\x89PNG123"), "is no HDF5 file"),
    "folder": (lambda at: folder(at / "saved"), "is empty"),
    "python": (lambda at: python(at / "m.py", ""), "name the function"),
    "oplist": (lambda at: written(at / "o.json", b'{"kind": "oplist", '), "cut short"),
    "matrix": (lambda at: written(at / "o.json", RECORDED.read_bytes()), "matrix"),
    "newer": (lambda at: unfit(at / "o.json", format_version=99), "a newer envprobe is needed"),
    "wrong": (lambda at: unfit(at / "o.json", requirements=3), "not a valid op list"),
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_is_no_model_is_refused_unopened(tmp_path: Path, name: str) -> None:
    """No interpreter is started for it: the one that is named cannot be."""
    make, seen = FILES[name]
    file = make(tmp_path)
    done = check(tmp_path, file, "--python", "/no/such/python", cwd=tmp_path)
    require_one_line(done, seen, str(file) if name != "python" else "m.py")
    assert not (tmp_path / MARKER).exists()


@pytest.mark.parametrize("name", ["lambda", "traversal", "cut"])
def test_what_cannot_be_read_has_its_document(tmp_path: Path, name: str) -> None:
    make, seen = FILES[name]
    done = check(tmp_path, make(tmp_path), "--json")
    found = document(done)
    assert (done.returncode, found["verdict"], found["targets"]) == (2, "unknown", [])
    (finding,) = found["findings"]
    cause = "unreadable-model" if name == "cut" else "unsafe-model-file"
    assert (finding["severity"], finding["cause"]) == ("error", cause)
    assert seen in finding["seen"]
    assert done.stderr == f"envprobe: {finding['seen']}\n"


SPECS = [
    (["--input", "float32"], "is not understood"),
    (["--input", "flaot32[8]"], "did you mean float32"),
    (["--input", "float32[8,-1]"], "'-1' is no size"),
    (["--target", "int32[4]@5:0"], "'5:0' is no range"),
    (["--batch", "0"], "--batch 0"),
    (["--mode", "both"], "unknown mode 'both'"),
    (["--precision", "float31"], "did you mean float32"),
    (["--loss", "a b"], "--loss"),
    (["--limit", "0"], "--limit"),
    (["--python", "/no/python"], "is not a Python interpreter"),
    (["--data", "nobody.py:batch"], "nobody.py does not exist"),
    (["--mode", "infer", "--loss", "mse"], "--loss belongs to training"),
    (["--mode", "infer", "--target", "int32[4]"], "--target belongs to training"),
    (["--data", "{file}:batch", "--input", "float32[8]"], "--data brings the batch itself"),
    (["--data", "{file}:batch", "--batch", "4"], "leave out --batch"),
    (["--matrix", "{matrix}", "--probe"], "--probe runs on this machine"),
    (["--matrix", "{matrix}", "--dry-run"], "--dry-run runs on this machine"),
    (["--matrix", "/no/such.json"], "/no/such.json"),
    (["--matrix", "{empty}"], "holds no .json files"),
    (["--nonsense"], "--nonsense"),
]


@pytest.mark.parametrize(("options", "seen"), SPECS, ids=[" ".join(o) for o, _ in SPECS])
def test_options_that_cannot_be_are_told_before_any_code_runs(
    tmp_path: Path, options: list[str], seen: str
) -> None:
    file = python(tmp_path / "net.py", "def build(): ...")
    known = {"file": file, "matrix": RECORDED, "empty": folder(tmp_path / "empty")}
    done = check(tmp_path, f"{file}:build", *(one.format(**known) for one in options))
    require_one_line(done, seen)
    assert not (tmp_path / MARKER).exists()


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        (["--dry-run"], "no step to run"),
        (["--loss", "mse"], "--loss does not change an op list"),
        (["--batch", "3"], "--batch does not change an op list"),
        (["--matrix", "{matrix}", "--probe"], "--probe runs on this machine"),
    ],
)
def test_an_op_list_is_what_it_is(tmp_path: Path, options: list[str], seen: str) -> None:
    file = oplist_file(tmp_path / "o.json", node("Relu", ("features", (2, 2))))
    done = check(tmp_path, file, *(one.format(matrix=RECORDED) for one in options))
    require_one_line(done, seen)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda whole: whole | {"format_version": 99}, "a newer envprobe is needed"),
        (lambda whole: whole | {"kind": "teapot"}, "teapot"),
        (lambda whole: whole | {"cells": 7}, "cells"),
    ],
)
def test_a_matrix_that_cannot_be_read_is_told_before_any_code_runs(
    tmp_path: Path, change: Callable[[dict[str, object]], object], seen: str
) -> None:
    matrix = tmp_path / "m.json"
    matrix.write_text(json.dumps(change(json.loads(RECORDED.read_bytes()))))
    file = python(tmp_path / "net.py", "def build(): ...")
    require_one_line(check(tmp_path, f"{file}:build", "--matrix", matrix), seen, str(matrix))
    assert not (tmp_path / MARKER).exists()


# The user's own code, which is run: it fails in its own process, and is told in one line.
CODE = {
    "raises": ("raise RuntimeError('no luck today')", "no luck today"),
    "hangs": ("import time; time.sleep(1000)", "no answer within"),
    "leaves": ("import sys; sys.exit(3)", "m.py"),
    "dies": ("import os; os._exit(0)", "exited with code 0"),
    "gives nothing": ("pass", "returned None: expected a Keras model"),
    "gives a word": ("return 'model'", "returned"),
}
SLOW = {"leaves", "gives nothing", "dies", "gives a word"}


def of_code(name: str) -> object:
    return pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [], id=name)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", [of_code(name) for name in CODE])
def test_code_that_gives_no_model_is_one_line(
    tmp_path: Path, name: str, tensorflow_python: str
) -> None:
    body, seen = CODE[name]
    file = python(tmp_path / "m.py", f"def build(): {body}")
    limit = ("--limit", "4") if name == "hangs" else ()
    done = check(tmp_path, f"{file}:build", "--python", tensorflow_python, *limit)
    require_one_line(done, seen)
    assert (tmp_path / MARKER).exists()


@pytest.mark.slow
@pytest.mark.tensorflow
def test_code_that_cannot_be_loaded_is_one_line(tmp_path: Path, tensorflow_python: str) -> None:
    file = python(tmp_path / "m.py", "def build(:")
    done = check(tmp_path, f"{file}:build", "--python", tensorflow_python)
    require_one_line(done, "invalid syntax", "m.py, line 2")
    assert not (tmp_path / MARKER).exists()


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("function", "seen"), [("needs", "needs size"), ("no_such", "has no 'no_such'")]
)
def test_a_function_that_cannot_be_called_is_one_line(
    tmp_path: Path, function: str, seen: str, tensorflow_python: str
) -> None:
    done = check(tmp_path, f"{MODELS}:{function}", "--python", tensorflow_python)
    require_one_line(done, seen)


SAVE = """
import sys
import tensorflow as tf
keras, folder = tf.keras, sys.argv[1]
twice = keras.layers.Lambda(lambda x: (open(MARKER, "w"), x * 2)[1], name="twice")
model = keras.Sequential([keras.Input((4,)), twice, keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.save(folder + "/m.keras")
"""


@pytest.mark.slow
@pytest.mark.tensorflow
def test_a_files_own_code_runs_only_when_it_is_trusted(
    tmp_path: Path, tensorflow_python: str
) -> None:
    marker = tmp_path / MARKER
    script = SAVE.replace("MARKER", repr(str(marker)))
    subprocess.run([tensorflow_python, "-c", script, str(tmp_path)], check=True, timeout=120)
    marker.unlink()
    options = (tmp_path / "m.keras", "--input", "float32[2,4]", "--target", "float32[2,1]")
    refused = check(tmp_path, *options, "--python", tensorflow_python)
    require_one_line(refused, "layer 'twice' is a Lambda layer", "--trust")
    assert not marker.exists()
    trusted = check(tmp_path, *options, "--python", tensorflow_python, "--trust")
    assert trusted.returncode == 0, trusted.stdout
    assert marker.exists()
