"""Pools of evil workers: who dies, what it costs, and how it stops."""

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

from envprobe.probe.pool import Failure, Group, Lane, LaneFailed, Outcome, Pool, Question
from envprobe.probe.process import WorkerDied

EVIL = Path(__file__).with_name("evil_worker.py")
COMMAND = (sys.executable, "-S", str(EVIL))


def lane(workers: int = 1, name: str = "CPU", **changes: Any) -> Lane:
    limits = {"limit_seconds": 20.0, "hello_limit_seconds": 20.0, **changes}
    return Lane(name=name, config=limits.pop("config", {}), workers=workers, **limits)


def group(*asks: str, subject: str = "") -> Group:
    """Questions whose key is what they ask and their place."""
    questions = [
        Question(key=(ask, place), message={"ask": ask, "seconds": 0.05})
        for place, ask in enumerate(asks)
    ]
    return Group(questions=questions, subject=subject)


class Answers:
    """What came, in the order in which it came."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[Any, Outcome]] = []
        self.entered = 0

    def __call__(self, question: Question, outcome: Outcome) -> None:
        self.entered += 1
        assert self.entered == 1, "one at a time"
        self.outcomes.append((question.key, outcome))
        self.entered -= 1

    def statuses(self) -> list[str]:
        return [
            outcome.status.value if isinstance(outcome, Failure) else "answered"
            for _, outcome in self.outcomes
        ]

    def pids(self) -> list[int]:
        return [outcome["pid"] for _, outcome in self.outcomes if isinstance(outcome, dict)]


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(COMMAND) as pool:
        yield pool
    assert not psutil.Process().children()


def run(pool: Pool, one: Lane, *groups: Group) -> tuple[Answers, LaneFailed | None]:
    answers = Answers()
    failed = pool.run({one: groups}, answers, threading.Event())
    return answers, failed.get(one.name)


def test_every_question_is_answered_once_in_the_groups_order(pool: Pool) -> None:
    answers, failed = run(pool, lane(workers=2), *[group(*["echo"] * 5) for _ in range(8)])
    assert failed is None
    assert answers.statuses() == ["answered"] * 40
    places: dict[int, list[int]] = {}
    for (key, _), pid in zip(answers.outcomes, answers.pids(), strict=True):
        places.setdefault(pid, []).append(key[1])
    assert len(places) == 2
    for seen in places.values():  # whole groups, each in order
        assert seen == list(range(5)) * (len(seen) // 5)
    assert pool.restarts == 0


def test_a_death_costs_the_question_it_was_on(pool: Pool) -> None:
    answers, failed = run(pool, lane(), group("echo", "segfault", "echo", "exit", "echo"))
    assert failed is None
    assert answers.statuses() == ["answered", "crashed", "answered", "crashed", "answered"]
    assert len(set(answers.pids())) == 3
    assert pool.restarts == 2
    outcome = answers.outcomes[1][1]
    assert isinstance(outcome, Failure)
    assert outcome.reason == "SIGSEGV; stderr: about to read address 0"


def test_every_kind_of_loss_has_its_status(pool: Pool) -> None:
    one = lane(limit_seconds=1.0, first_limit_seconds=1.0, memory_limit_bytes=300 * 2**20)
    asks = ("refuse", "silent", "hog", "not_json", "abort", "echo")
    answers, _ = run(pool, one, group(*asks))
    assert answers.statuses() == [
        "failed",
        "timed_out",
        "out_of_memory",
        "crashed",
        "crashed",
        "answered",
    ]
    assert pool.restarts == 4


def test_the_first_question_may_take_longer(pool: Pool) -> None:
    one = lane(limit_seconds=0.2, first_limit_seconds=20.0)
    slow = Question(key="slow", message={"ask": "sleep", "seconds": 0.6})
    answers, _ = run(pool, one, Group(questions=[slow, slow]))
    assert answers.statuses() == ["answered", "timed_out"]


def test_a_death_between_questions_costs_none(pool: Pool) -> None:
    die = Question(key=0, message={"ask": "die_later"})
    answers, failed = run(pool, lane(), Group(questions=[die]))
    time.sleep(0.5)
    assert pool.restarts == 0
    more, failed = run(pool, lane(), group("echo", "echo"))
    assert failed is None
    assert answers.statuses() + more.statuses() == ["answered"] * 3
    assert pool.restarts == 1


def test_a_question_that_kills_before_it_is_announced_is_blamed_in_the_end(pool: Pool) -> None:
    answers, failed = run(pool, lane(), group("die_before_start", "echo"))
    assert failed is None
    assert answers.statuses() == ["crashed", "answered"]


def test_workers_stay_warm_for_the_next_phase(pool: Pool) -> None:
    one = lane(workers=2)
    answers, _ = run(pool, one, *[group("sleep") for _ in range(8)])
    assert len(set(answers.pids())) == 2
    with pool.exclusive(one) as (worker,):
        pid = worker.ask({"ask": "echo"})["pid"]
        assert pid in answers.pids()
        assert [child.pid for child in psutil.Process().children()] == [pid]
    with pool.exclusive(one) as (worker,):
        assert worker.ask({"ask": "echo"})["pid"] == pid


def test_the_exclusive_worker_is_replaced_when_it_dies(pool: Pool) -> None:
    with pool.exclusive(lane()) as (worker,):
        worker.ask({"ask": "echo"})
        first = worker.generation
        with pytest.raises(WorkerDied):
            worker.ask({"ask": "segfault"})
        assert worker.ask({"ask": "echo"})["echo"]["ask"] == "echo"
        assert worker.generation == first + 1
    assert pool.restarts == 1


def test_lanes_run_side_by_side_with_their_own_config_and_environment(pool: Pool) -> None:
    cpu = lane(environment={"EVIL_LANE": "cpu"}, config={"gpus": "none"})
    gpu = lane(name="GPU:0", environment={"EVIL_LANE": "gpu"}, config={"gpus": [0]})
    assert pool.start(gpu)["echo"]["config"] == {"gpus": [0]}
    answers = Answers()
    assert pool.run({cpu: [group("echo")], gpu: [group("echo")]}, answers, threading.Event()) == {}
    lanes = {outcome["env"]["EVIL_LANE"] for _, outcome in answers.outcomes}  # type: ignore[index]
    assert lanes == {"cpu", "gpu"}


def test_a_refused_hello_fails_the_lane_with_the_workers_words(pool: Pool) -> None:
    missing = lane(workers=2, config={"missing": True})
    with pytest.raises(LaneFailed, match="No module named 'tensorflow'"):
        pool.start(missing)
    well = lane(name="other")
    answers = Answers()
    failed = pool.run({missing: [group("echo")], well: [group("echo")]}, answers, threading.Event())
    assert failed["CPU"].reason == "ModuleNotFoundError: No module named 'tensorflow'"
    assert list(failed) == ["CPU"]
    assert answers.statuses() == ["answered"]


@pytest.mark.parametrize(
    ("start", "told"),
    [("segfault", "SIGSEGV"), ("abort", "Check failed: 1 == 2"), ("exit", "exited with code 3")],
)
def test_a_start_that_crashes_fails_the_lane(start: str, told: str) -> None:
    with Pool((*COMMAND, start)) as pool:
        answers, failed = run(pool, lane(), group("echo"))
    assert answers.outcomes == []
    assert failed is not None
    assert failed.reason.startswith("the worker did not start: ")
    assert told in failed.reason


def test_a_start_that_hangs_fails_the_lane_after_one_limit() -> None:
    with Pool((*COMMAND, "native_loop")) as pool:
        began = time.monotonic()
        with pytest.raises(LaneFailed, match=r"no answer within 0\.5 s"):
            pool.start(lane(hello_limit_seconds=0.5))
        assert time.monotonic() - began < 3


def test_a_start_can_be_ended_from_another_thread() -> None:
    with Pool((*COMMAND, "native_loop")) as pool:
        timer = threading.Timer(0.5, pool.kill)
        timer.start()
        began = time.monotonic()
        with pytest.raises(LaneFailed, match="SIGKILL"):
            pool.start(lane(workers=2))
        assert time.monotonic() - began < 3
        timer.join()


def test_all_workers_of_a_lane_start_side_by_side(pool: Pool) -> None:
    one = lane(workers=3)
    assert pool.start(one)["echo"]["ask"] == "hello"
    assert len(psutil.Process().children()) == 3
    with pool.exclusive(one) as (worker,):
        assert [child.pid for child in psutil.Process().children()] == [worker.pid]


def test_a_start_that_crashes_once_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "once").touch()
    with Pool((*COMMAND, f"{tmp_path / 'once'}:segfault")) as pool:
        answers, failed = run(pool, lane(), group("echo"))
    assert failed is None
    assert answers.statuses() == ["answered"]


def test_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    with (
        Pool([str(tmp_path / "python")]) as pool,
        pytest.raises(LaneFailed, match="No such file or directory"),
    ):
        pool.start(lane())


def test_a_lane_whose_workers_die_whatever_they_are_asked_is_given_up() -> None:
    with Pool(COMMAND, give_up_after=3) as pool:
        answers, failed = run(pool, lane(), *[group("exit", subject=f"Op{n}") for n in range(9)])
    assert answers.statuses() == ["crashed"] * 3
    assert failed is not None
    assert "3 different subjects" in failed.reason
    assert "exited with code 3" in failed.reason


def test_one_op_that_always_crashes_does_not_cost_the_lane() -> None:
    with Pool(COMMAND, give_up_after=3) as pool:
        bad = [group("exit", "exit", subject="Bad") for _ in range(4)]
        answers, failed = run(pool, lane(), *bad, group("echo"))
    assert failed is None
    assert answers.statuses() == ["crashed"] * 8 + ["answered"]


def test_stop_ends_the_workers_at_once_and_blames_no_question(pool: Pool) -> None:
    stop, answers = threading.Event(), Answers()
    timer = threading.Timer(1.0, stop.set)
    timer.start()
    began = time.monotonic()
    pool.run({lane(workers=2): [group("echo", "silent"), group("silent")]}, answers, stop)
    assert time.monotonic() - began < 4
    timer.join()
    assert answers.statuses() == ["answered"]
    assert not psutil.Process().children()


def test_an_error_of_the_asker_ends_the_run(pool: Pool) -> None:
    def answered(question: Question, outcome: Outcome) -> None:
        raise RuntimeError("the asker's own")

    with pytest.raises(RuntimeError, match="the asker's own"):
        pool.run({lane(workers=2): [group("echo"), group("silent")]}, answered, threading.Event())


PARENT = """
import sys, threading
from envprobe.probe.pool import Group, Lane, Pool, Question
lane = Lane(name="CPU", config={}, workers=2)
asks = [Question(key=0, message={"ask": "echo"}), Question(key=1, message={"ask": sys.argv[1]})]
def answered(question, outcome):
    print(outcome["pid"], flush=True)
with Pool(sys.argv[2:]) as pool:
    try:
        pool.run({lane: [Group(questions=asks)] * 2}, answered, threading.Event())
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        raise SystemExit(130)
"""


@pytest.mark.parametrize("misdeed", ["silent", "loop", "stubborn"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_workers_go_with_their_parent(misdeed: str, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, misdeed, *COMMAND],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        time.sleep(0.2)
        os.killpg(parent.pid, number)  # as the terminal does
        sent = time.monotonic()
        out, err = parent.communicate(timeout=20)
    assert time.monotonic() - sent < 3
    assert (parent.returncode, out, err) == (
        (130, "interrupted\n", "") if number == signal.SIGINT else (-number, "", "")
    )
    end = time.monotonic() + 2
    while any(alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
    assert not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
