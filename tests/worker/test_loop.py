"""The message loop as a process of its own; no TensorFlow is needed for any of this."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from envprobe.probe.lanes import WORKER_FOLDER


class Peer:
    """The parent's end of a worker's two pipes."""

    def __init__(self, process: subprocess.Popen[bytes], ask: IO[bytes], hear: IO[bytes]) -> None:
        self.process = process
        self._ask = ask
        self._hear = hear

    def ask(self, question: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the worker announced, and what it answered."""
        self._ask.write(json.dumps(question).encode() + b"\n")
        self._ask.flush()
        return json.loads(self._hear.readline()), json.loads(self._hear.readline())

    def close(self) -> None:
        """As when the parent ends."""
        self._ask.close()


@contextmanager
def worker(folder: Path = WORKER_FOLDER, python: str = sys.executable) -> Iterator[Peer]:
    """A worker started as the parent starts it."""
    read_fd, ask_fd = os.pipe()
    hear_fd, write_fd = os.pipe()
    process = subprocess.Popen(
        [python, str(folder), str(read_fd), str(write_fd)],
        pass_fds=(read_fd, write_fd),
        stderr=subprocess.DEVNULL,
    )
    os.close(read_fd)
    os.close(write_fd)
    with os.fdopen(ask_fd, "wb") as ask, os.fdopen(hear_fd, "rb") as hear:
        try:
            yield Peer(process, ask, hear)
        finally:
            process.kill()
            process.wait()


def changed_worker(folder: Path, **files: str) -> Path:
    """A copy of the worker with other sources for some of its files."""
    copy = folder / "worker"
    shutil.copytree(WORKER_FOLDER, copy)
    for name, source in files.items():
        (copy / f"{name}.py").write_text(source)
    return copy


def test_a_question_is_announced_before_it_is_answered(tmp_path: Path) -> None:
    folder = changed_worker(tmp_path, run="def run(question):\n    return {'seen': question['x']}")
    with worker(folder) as peer:
        for number in (1, 2):
            started, answer = peer.ask({"id": number, "ask": "run", "x": "é\n"})
            assert started == {"started": number}
            assert answer == {"id": number, "answer": {"seen": "é\n"}}


def test_a_question_that_breaks_is_answered_with_its_error() -> None:
    with worker() as peer:
        _, answer = peer.ask({"id": 5, "ask": "nonsense"})
        assert answer["id"] == 5
        assert answer["error"].startswith("KeyError")
        assert "Traceback" in answer["traceback"]
        assert peer.ask({"id": 6, "ask": "nonsense"})[1]["id"] == 6


def test_numbers_that_json_lacks_become_null(tmp_path: Path) -> None:
    source = "def run(question):\n    return {'a': float('nan'), 'b': [float('inf'), 1.5]}"
    with worker(changed_worker(tmp_path, run=source)) as peer:
        _, answer = peer.ask({"id": 1, "ask": "run"})
        assert answer["answer"] == {"a": None, "b": [None, 1.5]}


def test_printing_does_not_disturb_the_answers(tmp_path: Path) -> None:
    source = "import os\ndef run(question):\n    os.write(1, b'{}\\n' * 9)\n    return {}"
    with worker(changed_worker(tmp_path, run=source)) as peer:
        assert peer.ask({"id": 1, "ask": "run"})[1] == {"id": 1, "answer": {}}


def test_a_poisoned_worker_answers_and_goes(tmp_path: Path) -> None:
    source = (
        "def run(question):\n"
        "    return {'status': 'crashed', 'reason': 'InternalError: CUDA_ERROR_ILLEGAL_ADDRESS'}"
    )
    with worker(changed_worker(tmp_path, run=source)) as peer:
        _, answer = peer.ask({"id": 1, "ask": "run"})
        assert answer["answer"]["status"] == "crashed"
        assert peer.process.wait(10) == 1


def test_it_ends_when_the_parent_closes_its_pipe() -> None:
    with worker() as peer:
        peer.ask({"id": 1, "ask": "nonsense"})
        peer.close()
        assert peer.process.wait(10) == 0


def test_its_modules_shadow_nobodys(tmp_path: Path) -> None:
    """`import inputs` inside somebody's library must not find the worker's own file."""
    source = (
        "import importlib.util\n"
        "def run(question):\n"
        "    names = ('inputs', 'layout', 'subject', 'timing', 'envprobe_worker')\n"
        "    return {name: importlib.util.find_spec(name) is not None for name in names}"
    )
    with worker(changed_worker(tmp_path, run=source)) as peer:
        _, answer = peer.ask({"id": 1, "ask": "run"})
        found = answer["answer"]
        assert found.pop("envprobe_worker")
        assert not any(found.values())


def test_it_serves_a_parent_that_is_process_number_one(tmp_path: Path) -> None:
    """As in a container: nothing is wrong with a parent of that number."""
    unshare = shutil.which("unshare")
    command = [str(unshare), "--pid", "--fork", "--kill-child", sys.executable, "-c", NUMBER_ONE]
    probe = [str(unshare), "--pid", "--fork", "true"]
    if unshare is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("process namespaces cannot be made here")
    done = subprocess.run(
        [*command, str(WORKER_FOLDER)], capture_output=True, text=True, timeout=60, check=False
    )
    assert "KeyError" in done.stdout, done.stderr


NUMBER_ONE = """
import os, subprocess, sys
assert os.getpid() == 1
read_fd, ask_fd = os.pipe()
hear_fd, write_fd = os.pipe()
worker = [sys.executable, sys.argv[1], str(read_fd), str(write_fd)]
process = subprocess.Popen(worker, pass_fds=(read_fd, write_fd))
os.close(write_fd)
os.write(ask_fd, b'{"id": 1, "ask": "nonsense"}\\n')
hear = os.fdopen(hear_fd)
print(hear.readline(), hear.readline())
"""
