"""Libraries tried as TensorFlow's loader would, on shared objects that are made here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.process import WorkerProcess
from envprobe.worker.runpath import runpath

pytestmark = pytest.mark.skipif(
    shutil.which("gcc") is None or not sys.platform.startswith("linux"),
    reason="gcc makes the shared objects",
)


def make(path: Path, source: str = "int x;", *flags: str) -> Path:
    """A shared object with that source."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-shared", "-fPIC", "-x", "c", "-", "-x", "none", *flags, "-o", str(path)]
    subprocess.run(command, input=source.encode(), check=True, timeout=60)
    return path


@pytest.fixture
def tensorflow(tmp_path: Path) -> Path:
    """A folder of TensorFlow whose library looks into one wheel's folder beside it."""
    rpath = "-Wl,--enable-new-dtags,-rpath,$ORIGIN/:$ORIGIN/../nvidia/cudart/lib"
    make(tmp_path / "site/tensorflow/libtensorflow_framework.so.2", "int x;", rpath)
    return tmp_path / "site/tensorflow"


def ask(folder: Path, *sonames: str, **environment: str) -> dict[str, str | None]:
    command = [sys.executable, str(WORKER_FOLDER)]
    with WorkerProcess(command, environment={"LD_LIBRARY_PATH": "", **environment}) as worker:
        question = {"ask": "openings", "sonames": sonames, "folder": str(folder)}
        answer: dict[str, str | None] = worker.ask(question, limit_seconds=30)["openings"]
        return answer


def test_the_runpath_is_read_from_the_file(tensorflow: Path) -> None:
    site = tensorflow.parent.resolve()
    folders = runpath(str(tensorflow / "libtensorflow_framework.so.2"))
    assert folders == [str(site / "tensorflow"), str(site / "nvidia/cudart/lib")]


@pytest.mark.parametrize("content", [b"", b"\x7fELF\x02\x01", b"#!/bin/sh\n", b"\x7fELF" * 50])
def test_what_is_no_object_has_no_runpath(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert runpath(str(tmp_path / "file")) == []
    assert runpath(str(tmp_path / "missing")) == []


def test_an_object_without_runpath_has_none(tmp_path: Path) -> None:
    assert runpath(str(make(tmp_path / "libplain.so"))) == []


def test_a_library_beside_tensorflow_opens(tensorflow: Path) -> None:
    make(tensorflow.parent / "nvidia/cudart/lib/libgood.so.1")
    assert ask(tensorflow, "libgood.so.1", "libc.so.6") == {"libgood.so.1": None, "libc.so.6": None}


def test_a_folder_that_tensorflow_does_not_name_is_not_looked_into(tensorflow: Path) -> None:
    make(tensorflow.parent / "nvidia/other/lib/libother.so.1")
    error = ask(tensorflow, "libother.so.1")["libother.so.1"]
    assert error is not None
    assert "cannot open shared object file" in error


def test_a_library_of_a_library_that_is_missing_is_named(tensorflow: Path, tmp_path: Path) -> None:
    absent = make(tmp_path / "libabsent.so.7")
    needs = tensorflow.parent / "nvidia/cudart/lib/libneeds.so.1"
    make(needs, "int y;", "-Wl,--no-as-needed", str(absent), "-Wl,-soname,libneeds.so.1")
    absent.unlink()
    error = ask(tensorflow, "libneeds.so.1")["libneeds.so.1"]
    assert error is not None
    assert "libabsent.so.7" in error


def test_one_that_ends_its_process_costs_no_other(tensorflow: Path) -> None:
    folder = tensorflow.parent / "nvidia/cudart/lib"
    dies = "#include <stdlib.h>\n__attribute__((constructor)) void f(void) { abort(); }"
    make(folder / "libdies.so.1", dies)
    make(folder / "libgood.so.1")
    answer = ask(tensorflow, "libdies.so.1", "libgood.so.1")
    assert answer["libdies.so.1"] == "libdies.so.1: opening it ends the process by SIGABRT"
    assert answer["libgood.so.1"] is None


def test_ld_library_path_goes_first_even_with_a_broken_file(
    tensorflow: Path, tmp_path: Path
) -> None:
    make(tensorflow.parent / "nvidia/cudart/lib/libgood.so.1")
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow/libgood.so.1").write_bytes(b"half a downlo")
    shadow = str(tmp_path / "shadow")
    error = ask(tensorflow, "libgood.so.1", LD_LIBRARY_PATH=shadow)["libgood.so.1"]
    assert error is not None
    assert shadow in error
