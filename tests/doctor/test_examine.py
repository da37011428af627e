"""The examination as a library call: TensorFlow that starts, and every way in which it does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import envprobe
from envprobe.doctor.examine import examine
from envprobe.doctor.result import DoctorResult, encode_result
from envprobe.errors import UsageError
from envprobe.probe import lanes
from envprobe.terms import Severity

CAPTURES = Path(__file__).parent.parent / "captures" / "machines"

WRITES_INTO_EVERY_PIPE = """
import os, stat
for number in range(3, 20):
    try:
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            os.write(number, b"x\\n")
    except OSError:
        pass
"""


def python_with(folder: Path, tensorflow: str | None) -> str:
    """An interpreter whose only package is a `tensorflow` with this source."""
    packages = folder / "packages"
    packages.mkdir()
    if tensorflow is not None:
        (packages / "tensorflow").mkdir()
        (packages / "tensorflow" / "__init__.py").write_text(tensorflow)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={packages} exec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    return str(python)


@pytest.mark.parametrize(
    ("tensorflow", "kind", "signal", "said"),
    [
        (None, "missing", None, "No module named 'tensorflow'"),
        ("raise ImportError('libcudart.so.11.0: gone')", "raised", None, "libcudart.so.11.0"),
        ("import tensorflow.python", "raised", None, "tensorflow.python"),
        ("x = 1", "raised", None, "has no attribute"),
        ("import os; os.abort()", "crashed", "SIGABRT", "SIGABRT"),
        ("import ctypes; ctypes.string_at(0)", "crashed", "SIGSEGV", "SIGSEGV"),
        ("import os; os.kill(os.getpid(), 4)", "crashed", "SIGILL", "SIGILL"),
        ("import sys; sys.exit(3)", "crashed", None, "code 3"),
        (WRITES_INTO_EVERY_PIPE, "garbage", None, "garbage"),
    ],
)
def test_a_start_that_fails_is_told_apart(
    tmp_path: Path, tensorflow: str | None, kind: str, signal: str | None, said: str
) -> None:
    result = examine(python=python_with(tmp_path, tensorflow))
    failure = result.start_failure
    assert failure is not None
    assert (failure.kind, failure.signal) == (kind, signal)
    assert said in failure.reason
    assert result.inventory.tensorflow is None
    assert failure.reason in result.inventory.unknown["tensorflow"]


def test_what_was_printed_and_the_traceback_are_kept(tmp_path: Path) -> None:
    source = (
        "import sys\nprint('AttributeError: _ARRAY_API not found', file=sys.stderr)\n"
        "raise ImportError('numpy.core.multiarray failed to import')\n"
    )
    failure = examine(python=python_with(tmp_path, source)).start_failure
    assert failure is not None
    told = "\n".join(failure.stderr_lines)
    assert "_ARRAY_API not found" in told
    assert "packages/tensorflow/__init__.py" in told


def test_a_start_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "HELLO_LIMIT_SECONDS", 1.0)
    result = examine(python=python_with(tmp_path, "import time; time.sleep(3600)"))
    assert result.start_failure is not None
    assert result.start_failure.kind == "timed_out"


def test_a_folder_without_init_is_no_tensorflow(tmp_path: Path) -> None:
    python = python_with(tmp_path, None)
    (tmp_path / "packages" / "tensorflow" / "python").mkdir(parents=True)
    result = examine(python=python)
    assert result.start_failure is not None
    assert result.start_failure.kind == "raised"
    assert "AttributeError" in result.start_failure.reason


def test_tensorflow_that_starts_is_reported(tensorflow_python: str) -> None:
    result = examine(python=tensorflow_python)
    assert result.start_failure is None
    assert result.inventory.tensorflow is not None
    assert [d.name for d in result.inventory.tensorflow.devices][:1] == ["CPU:0"]
    assert "tensorflow" not in result.inventory.unknown
    assert not result.told_nothing


def test_an_old_tensorflow_is_reported_too(old_tensorflow_python: str) -> None:
    result = examine(python=old_tensorflow_python)
    assert result.inventory.tensorflow is not None
    assert result.inventory.tensorflow.version
    assert result.examination.tensorflow is not None


def test_without_tensorflow_nothing_is_started() -> None:
    result = examine(tensorflow=False)
    assert result.inventory.tensorflow is None
    assert result.start_failure is None
    assert result.inventory.unknown["tensorflow"] == "TensorFlow was not started"
    assert not result.told_nothing


def test_an_open_question_is_not_green(tmp_path: Path) -> None:
    asked = examine(python=python_with(tmp_path, "raise ImportError('x')"))
    quiet = msgspec.structs.replace(asked, findings=())
    assert quiet.told_nothing
    assert not quiet.blocked


def test_a_recorded_machine_is_judged_without_asking_this_one() -> None:
    machine = next(one for one in CAPTURES.iterdir() if "wsl=wsl2" in one.name)
    result = examine(root=machine)
    assert result.inventory.host.surroundings.wsl == "wsl2"
    assert result.inventory.tensorflow is None
    assert not result.asked_tensorflow


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/true", "/bin/ls", "/"])
def test_what_is_no_interpreter_is_the_users_mistake(python: str) -> None:
    with pytest.raises(UsageError, match=python) as raised:
        examine(python=python)
    assert "\n" not in str(raised.value)


def test_the_document_is_read_back_as_it_was() -> None:
    result = examine(tensorflow=False)
    assert msgspec.json.decode(encode_result(result), type=DoctorResult) == result


def test_findings_come_errors_first(tmp_path: Path) -> None:
    order = list(Severity)
    found = examine(python=python_with(tmp_path, None)).findings
    assert [order.index(f.severity) for f in found] == sorted(
        order.index(f.severity) for f in found
    )


def test_the_package_can_be_called() -> None:
    assert isinstance(envprobe.doctor(tensorflow=False), DoctorResult)
    with pytest.raises(UsageError):
        envprobe.doctor(python="/nowhere/python")


@pytest.mark.parametrize(
    "first",
    ["", "import envprobe.doctor.rules", "from envprobe.doctor.judge import judge"],
)
def test_it_can_be_called_whatever_was_imported_before(first: str) -> None:
    code = f"import envprobe\n{first}\nprint(envprobe.doctor(tensorflow=False).kind)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("doctor\n", "")


def test_a_python_that_is_too_old_for_the_worker_is_examined_all_the_same(tmp_path: Path) -> None:
    told = {
        "version": "3.8.18",
        "implementation": "CPython",
        "executable": "/old/python",
        "prefix": "/old",
        "base_prefix": "/usr",
        "platform": "linux-x86_64",
        "path": [str(tmp_path)],
    }
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho 'envprobe:{json.dumps(told)}'\n")
    python.chmod(0o755)
    result = examine(python=str(python))
    assert result.start_failure is None
    assert result.inventory.software.python.version == "3.8.18"
    assert "takes Python 3.9 or newer" in result.inventory.unknown["tensorflow"]
