"""Evil workers as real processes: each costs one question, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from envprobe.probe.process import (
    WorkerAnsweredGarbage,
    WorkerDied,
    WorkerLost,
    WorkerOutOfMemory,
    WorkerProcess,
    WorkerRefused,
    WorkerTimedOut,
)
from envprobe.terms import Status

EVIL = Path(__file__).with_name("evil_worker.py")
COMMAND = (sys.executable, "-S", str(EVIL))
MEBIBYTE = 1024 * 1024


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    with WorkerProcess(COMMAND, memory_limit_bytes=300 * MEBIBYTE) as process:
        yield process


def ask(worker: WorkerProcess, ask: str, limit_seconds: float = 20.0, **more: Any) -> Any:
    return worker.ask({"ask": ask, **more}, limit_seconds=limit_seconds)


def loss(worker: WorkerProcess, question: str, limit_seconds: float = 20.0) -> WorkerLost:
    """How the worker is lost to this question; nothing of it may be left."""
    with pytest.raises(WorkerLost) as caught:
        ask(worker, question, limit_seconds)
    assert not worker.alive
    assert not psutil.pid_exists(worker.pid)
    assert "\n" not in caught.value.reason
    return caught.value


def gone(pid: int, limit_seconds: float) -> bool:
    end = time.monotonic() + limit_seconds
    while time.monotonic() < end:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def descriptors(pid: int | str) -> list[str]:
    return sorted(path.name for path in Path(f"/proc/{pid}/fd").iterdir())


def test_it_answers_many_questions(worker: WorkerProcess) -> None:
    answers = [ask(worker, "echo", value=number) for number in range(50)]
    assert [answer["echo"]["value"] for answer in answers] == list(range(50))
    assert {answer["pid"] for answer in answers} == {worker.pid}


def test_the_environment_is_passed_on_with_additions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIL_OLD", "1")
    with WorkerProcess(COMMAND, environment={"EVIL_NEW": "2"}) as worker:
        assert ask(worker, "echo")["env"] == {"EVIL_OLD": "1", "EVIL_NEW": "2"}
    assert "EVIL_NEW" not in os.environ


def test_the_kernel_would_kill_it_first(worker: WorkerProcess) -> None:
    assert Path(f"/proc/{worker.pid}/oom_score_adj").read_text().strip() == "1000"


def test_questions_and_answers_larger_than_any_pipe(worker: WorkerProcess) -> None:
    data = "é" * (2 * MEBIBYTE)
    assert ask(worker, "big", data=data)["data"] == data


def test_a_refusal_leaves_it_alive(worker: WorkerProcess) -> None:
    with pytest.raises(WorkerRefused) as caught:
        ask(worker, "refuse")
    assert caught.value.error == "ValueError: no"
    assert caught.value.traceback == "Traceback …"
    assert ask(worker, "echo")["pid"] == worker.pid


def test_a_segfault(worker: WorkerProcess) -> None:
    lost = loss(worker, "segfault")
    assert isinstance(lost, WorkerDied)
    assert (lost.signal, lost.exit_code, lost.started) == ("SIGSEGV", -signal.SIGSEGV, True)
    assert lost.status is Status.CRASHED
    assert lost.reason == "SIGSEGV; stderr: about to read address 0"


def test_an_abort_tells_the_failed_check(worker: WorkerProcess) -> None:
    lost = loss(worker, "abort")
    assert lost.reason.startswith("SIGABRT; stderr: ")
    assert lost.reason.endswith("Check failed: 1 == 2")


def test_an_exit(worker: WorkerProcess) -> None:
    assert loss(worker, "exit").reason == "exited with code 3"


def test_a_kill_by_a_stranger_is_no_lack_of_memory(worker: WorkerProcess) -> None:
    lost = loss(worker, "kill")
    assert isinstance(lost, WorkerDied)
    assert lost.signal == "SIGKILL"


@pytest.mark.parametrize(
    "misdeed", ["loop", "native_loop", "stubborn", "stopped", "silent", "stdout_flood_forever"]
)
def test_what_never_answers_is_timed_out(worker: WorkerProcess, misdeed: str) -> None:
    ask(worker, "echo")
    began = time.monotonic()
    lost = loss(worker, misdeed, limit_seconds=0.5)
    assert isinstance(lost, WorkerTimedOut)
    assert lost.status is Status.TIMED_OUT
    assert lost.started
    assert lost.reason == "no answer within 0.5 s"
    assert time.monotonic() - began < 3


def test_a_hog_is_stopped_near_its_limit(worker: WorkerProcess) -> None:
    lost = loss(worker, "hog")
    assert isinstance(lost, WorkerOutOfMemory)
    assert lost.status is Status.OUT_OF_MEMORY
    assert lost.rss_bytes is not None
    assert 300 * MEBIBYTE < lost.rss_bytes < 1000 * MEBIBYTE
    assert "over its limit of 300 MiB" in lost.reason


@pytest.mark.parametrize("descriptor", [1, 2])
def test_a_flood_costs_neither_memory_nor_the_answer(
    worker: WorkerProcess, descriptor: int
) -> None:
    before = psutil.Process().memory_info().rss
    assert ask(worker, "flood", 60, descriptor=descriptor, mebibytes=300) == {"flooded": True}
    assert psutil.Process().memory_info().rss - before < 50 * MEBIBYTE
    assert ask(worker, "echo")["pid"] == worker.pid


@pytest.mark.parametrize(
    ("misdeed", "told"),
    [
        ("not_json", "not JSON: 'Segmentation what?'"),
        ("not_utf8", "not JSON"),
        ("deep", "not JSON"),
        ("a_list", "not an object"),
        ("wrong_id", "not to this question"),
        ("no_answer", "no answer in it"),
        ("twice", "more than one answer"),
        ("giant_line", "a line of over 16777216 bytes"),
        ("close_pipe", "closed its pipe"),
    ],
)
def test_garbage(worker: WorkerProcess, misdeed: str, told: str) -> None:
    before = psutil.Process().memory_info().rss
    lost = loss(worker, misdeed)
    assert isinstance(lost, WorkerAnsweredGarbage)
    assert lost.status is Status.CRASHED
    assert lost.reason.startswith("answered garbage: ")
    assert told in lost.reason
    assert len(lost.reason) < 600
    assert psutil.Process().memory_info().rss - before < 100 * MEBIBYTE


def test_a_closed_pipe_before_an_exit_is_an_exit(worker: WorkerProcess) -> None:
    assert loss(worker, "close_pipe_and_exit").reason == "exited with code 5"


def test_nan_in_an_answer_is_unknown(worker: WorkerProcess) -> None:
    assert ask(worker, "nan") == {"error": None, "most": None}


def test_a_death_before_the_start_does_not_blame_the_question(worker: WorkerProcess) -> None:
    assert not loss(worker, "die_before_start").started


def test_a_death_between_questions_does_not_blame_the_next(worker: WorkerProcess) -> None:
    assert ask(worker, "die_later") == {"soon": "dead"}
    time.sleep(0.5)
    lost = loss(worker, "echo")
    assert isinstance(lost, WorkerDied)
    assert lost.signal == "SIGSEGV"
    assert not lost.started


def test_a_child_that_holds_the_pipes_does_not_hide_the_death(worker: WorkerProcess) -> None:
    began = time.monotonic()
    lost = loss(worker, "orphan")
    assert isinstance(lost, WorkerDied)
    assert lost.signal == "SIGSEGV"
    assert time.monotonic() - began < 5


def test_a_lost_worker_stays_lost(worker: WorkerProcess) -> None:
    loss(worker, "exit")
    assert not loss(worker, "echo").started


def test_a_kill_from_another_thread_ends_the_question(worker: WorkerProcess) -> None:
    timer = threading.Timer(0.3, worker.kill)
    timer.start()
    began = time.monotonic()
    lost = loss(worker, "silent")
    timer.join()
    assert isinstance(lost, WorkerDied)
    assert time.monotonic() - began < 3


def test_death_at_start() -> None:
    with WorkerProcess((*COMMAND, "segfault")) as worker:
        assert isinstance(loss(worker, "hello"), WorkerDied)


def test_a_start_that_hangs() -> None:
    with WorkerProcess((*COMMAND, "silent")) as worker:
        lost = loss(worker, "hello", limit_seconds=0.5)
        assert isinstance(lost, WorkerTimedOut)
        assert not lost.started


def test_an_interpreter_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(WorkerDied, match=r"could not be started; stderr: .*No such file"):
        WorkerProcess([str(tmp_path / "python")])


def test_no_descriptors_are_leaked() -> None:
    with WorkerProcess(COMMAND) as worker:  # what the first one opens for good
        ask(worker, "echo")
    before = descriptors("self")
    for misdeed in ("echo", "exit", "not_json"):
        with WorkerProcess(COMMAND) as worker:
            if misdeed == "echo":
                ask(worker, misdeed)
            else:
                loss(worker, misdeed)
    assert descriptors("self") == before


def test_workers_do_not_inherit_each_others_pipes(worker: WorkerProcess) -> None:
    ask(worker, "echo")
    with WorkerProcess(COMMAND) as other:
        ask(other, "echo")
        # stdin, stdout, stderr, questions, answers; the script's own file is closed by then.
        assert len(descriptors(other.pid)) == 5


PARENT = """
import sys
from envprobe.probe.process import WorkerProcess
worker = WorkerProcess(sys.argv[2:])
worker.ask({"ask": "echo"}, limit_seconds=20)
print(worker.pid, flush=True)
worker.ask({"ask": sys.argv[1]}, limit_seconds=60)
"""


@pytest.mark.parametrize("misdeed", ["silent", "native_loop", "loop"])
def test_the_worker_dies_with_a_parent_that_is_killed(misdeed: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, misdeed, *COMMAND], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.2)
        assert psutil.pid_exists(pid)
        parent.kill()
    assert gone(pid, 2.0)
