"""Failures made for real: memory of the computer used up, disks full, processes killed."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from envprobe.diagnose.diagnose import diagnose_text
from envprobe.terms import Cause, Severity

SCRIPT = Path(__file__).with_name("failing_memory.py")
MARK = "@@@ "
SHAPE = "16777216,16777216"
EXPECTED: dict[str, tuple[str, dict[str, object]]] = {
    "tensor_at_once": (
        "oom-host",
        {"shape": SHAPE, "dtype": "float64", "op": "Fill", "allocator": "cpu"},
    ),
    "tensor_in_graph": ("oom-host", {"shape": SHAPE, "dtype": "float32", "node": "Tile"}),
    "tensor_under_xla": ("oom-host", {"asked_bytes": 2**50}),
    "layer_too_wide": ("oom-host", {"shape": SHAPE, "device": "CPU:0", "asked_bytes": 2**50}),
    "layer_in_fit": ("oom-host", {"dtype": "float32", "asked_bytes": 2**50}),
    "array_too_large": ("oom-host", {"dtype": "float64", "shape": "16777216, 16777216"}),
    "object_too_large": ("oom-host", {}),
    "threads_too_many": ("oom-host", {}),
    "disk_full_for_tensorflow": ("disk-full", {"path": "/dev/full"}),
    "disk_full_for_records": ("disk-full", {"path": "/dev/full"}),
    "disk_full_for_python": ("disk-full", {}),
    "note_on_large_allocation": ("benign", {}),
}
BAD_ALLOC = "#include <vector>\nint main() { std::vector<long> v(1UL << 59); return (int)v[0]; }"


@functools.cache
def _logs(python: str) -> dict[str, str]:
    """What the failures print, by name."""
    # With oneDNN the allocator waits ten seconds for others to give memory back.
    told = {"CUDA_VISIBLE_DEVICES": "", "TF_ENABLE_ONEDNN_OPTS": "0"}
    run = subprocess.run(
        [python, str(SCRIPT)],
        env=os.environ | told,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=True,
    )
    parts = [part.partition("\n") for part in run.stdout.split(MARK)[1:]]
    return {name.strip(): log for name, _, log in parts}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_cause_is_named(name: str, tensorflow_python: str) -> None:
    _holds(_logs(tensorflow_python)[name], *EXPECTED[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_an_old_release_says_it_too(name: str, old_tensorflow_python: str) -> None:
    _holds(_logs(old_tensorflow_python)[name], *EXPECTED[name])


def _holds(log: str, cause: str, fields: dict[str, object]) -> None:
    diagnosis = diagnose_text(log)
    if cause == "benign":  # a build for GPUs says besides that it finds none
        assert not [one for one in diagnosis.findings if one.severity is Severity.ERROR]
        assert any(one.cause is Cause.BENIGN for one in diagnosis.findings)
        return
    assert diagnosis.cause.value == cause, log[-1500:]
    if diagnosis.root:
        assert {name: diagnosis.root.fields.get(name) for name in fields} == fields


def test_the_pool_of_the_allocator_is_read(tensorflow_python: str) -> None:
    script = "import tensorflow as tf; x = tf.ones([2**24]); tf.zeros([2**22, 2**22], tf.float64)"
    log = _output([tensorflow_python, "-c", script], TF_ENABLE_ONEDNN_OPTS="1")
    root = diagnose_text(log).root
    assert root is not None, log[-1500:]
    assert root.cause.value == "oom-host"
    if "Allocator (mklcpu)" in log:  # builds without oneDNN have no pool
        assert root.fields["in_use_bytes"] == 2**26
        assert int(root.fields["limit_bytes"]) > 2**26


def _output(command: list[str], **variables: str) -> str:
    run = subprocess.run(
        command,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return run.stdout


KILL_ONESELF = "import os; os.kill(os.getpid(), 9)"


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_a_shell_tells_that_a_process_was_killed() -> None:
    log = _output(["bash", "-c", f"{sys.executable} -c '{KILL_ONESELF}'; true"])
    assert "Killed" in log
    assert diagnose_text("Epoch 1/9\n" + log).cause.value == "oom-host", log


def test_python_tells_that_its_child_was_killed() -> None:
    script = (
        "import subprocess, sys; "
        f"subprocess.run([sys.executable, '-c', {KILL_ONESELF!r}], check=True)"
    )
    log = _output([sys.executable, "-c", script])
    assert signal.Signals(9).name in log
    assert diagnose_text(log).cause.value == "oom-host", log


def test_a_pool_tells_that_a_worker_was_killed() -> None:
    script = (
        "import concurrent.futures as futures, os, signal\n"
        "with futures.ProcessPoolExecutor(1) as pool:\n"
        "    pool.submit(signal.raise_signal, signal.SIGKILL).result()\n"
    )
    log = _output([sys.executable, "-c", script])
    assert diagnose_text(log).cause.value == "oom-host", log


def test_a_cpp_program_without_memory(tmp_path: Path) -> None:
    compiler = next((c for c in ("c++", "g++", "clang++") if shutil.which(c)), None)
    if compiler is None:
        pytest.skip("no C++ compiler")
    source, program = tmp_path / "wants.cc", tmp_path / "wants"
    source.write_text(BAD_ALLOC)
    subprocess.run([compiler, "-o", program, source], check=True)
    log = _output([str(program)])
    assert diagnose_text(log).cause.value == "oom-host", log
