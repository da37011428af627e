"""Asking a worker for its registry: what becomes of every way in which it may not answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from envprobe.errors import NothingProbedError
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.registry import registrations_of
from envprobe.registrations import Kernel

WORKER = """
import json, os, sys
TENSORFLOW = {"version": "2.21.0", "git_version": "v2.21.0-1", "build_info": {}}
ANSWER = {"xla": "RuntimeError: none", "ops": {"Add": {}}, "gradients": {}, "kernels": {"Add": [
    {"device_type": "CPU", "label": "", "priority": 0, "host_memory": [], "constraints": [],
     "values": [[]]}]}}
def registrations(question):
    with open(sys.argv[1] + "/asked", "a") as log:
        log.write(json.dumps(question) + "\\n")
    %s
with os.fdopen(int(sys.argv[2])) as lines:
    for line in lines:
        asked = json.loads(line)
        def say(**what):
            os.write(int(sys.argv[3]), json.dumps(what).encode() + b"\\n")
        say(started=asked["id"])
        if asked["ask"] == "hello":
            registrations(asked)
            say(id=asked["id"], answer={"tensorflow": TENSORFLOW})
            continue
        %s
"""


def command(folder: Path, *, hello: str = "pass", answer: str = "pass") -> list[str]:
    """A worker that says hello and answers as it is told here."""
    script = folder / "worker.py"
    script.write_text(WORKER % (hello, f"registrations(asked); {answer}"))
    return [sys.executable, "-S", str(script), str(folder)]


def asked(folder: Path) -> list[dict[str, Any]]:
    import json

    return [json.loads(line) for line in (folder / "asked").read_text().splitlines()]


RIGHT = 'say(id=asked["id"], answer=ANSWER)'


def test_an_answer_becomes_registrations(tmp_path: Path) -> None:
    found = registrations_of(command(tmp_path, answer=RIGHT), libraries=["/opt/ops.so"])
    assert (found.tensorflow, found.git_version) == ("2.21.0", "v2.21.0-1")
    assert found.xla == "RuntimeError: none"
    assert found.kernels_of("Add") == (Kernel(device_type="CPU"),)
    hello, question = asked(tmp_path)
    assert hello["config"]["libraries"] == ["/opt/ops.so"]
    assert hello["config"]["gpus"] == "none"
    assert question["ask"] == "registrations"
    assert question["gradient_uses"] is False


def test_gradients_are_traced_on_demand(tmp_path: Path) -> None:
    registrations_of(command(tmp_path, answer=RIGHT), gradient_uses=True)
    assert asked(tmp_path)[1]["gradient_uses"] is True


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ('say(id=asked["id"], error="ValueError: broken", traceback="")', "ValueError: broken"),
        ("os._exit(3)", "exited with code 3"),
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ('say(id=asked["id"], answer={})', "missing required field"),
        ('say(id=asked["id"], answer={**ANSWER, "kernels": 7})', "Expected `object`"),
    ],
)
def test_no_answer_is_an_error_with_its_reason(tmp_path: Path, answer: str, told: str) -> None:
    with pytest.raises(NothingProbedError, match="does not tell its registry") as caught:
        registrations_of(command(tmp_path, answer=answer))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_worker_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NothingProbedError, match="exited with code 5"):
        registrations_of(command(tmp_path, hello="os._exit(5)"))


def test_a_python_without_tensorflow_is_an_error() -> None:
    """-S: without its site packages."""
    with pytest.raises(NothingProbedError, match="tensorflow"):
        registrations_of([sys.executable, "-S", str(WORKER_FOLDER)])


def test_no_interpreter_is_an_error() -> None:
    with pytest.raises(NothingProbedError):
        registrations_of(["/nowhere/bin/python", str(WORKER_FOLDER)])
