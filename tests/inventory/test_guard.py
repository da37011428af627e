from __future__ import annotations

import time

from envprobe.inventory.guard import Question, answer_within
from envprobe.inventory.reading import run_command


def test_an_answer_comes_through() -> None:
    assert answer_within(5, lambda: 7, "seven").value == 7


def test_what_raises_becomes_a_reason() -> None:
    answer = answer_within(5, lambda: tuple(range(0))[1], "nothing")
    assert answer.value is None
    assert answer.reason == "IndexError: tuple index out of range"


def test_what_hangs_is_left_behind() -> None:
    begin = time.monotonic()
    answer = answer_within(0.1, lambda: time.sleep(30), "the sleeper")
    assert time.monotonic() - begin < 5
    assert answer.reason == "the sleeper did not answer within 0.1 s"


def test_the_limit_counts_from_the_question() -> None:
    question = Question(lambda: time.sleep(30), "the sleeper")
    time.sleep(0.2)
    begin = time.monotonic()
    question.within(0.2)
    assert time.monotonic() - begin < 0.15


def test_commands_that_hang_fail_or_do_not_exist() -> None:
    assert run_command(("sh", "-c", "echo yes"), 5).value == "yes\n"
    assert "within 0.2 s" in str(run_command(("sleep", "30"), 0.2).reason)
    assert "ended with 3: bad" in str(run_command(("sh", "-c", "echo bad >&2; exit 3"), 5).reason)
    assert "cannot be started" in str(run_command(("/no/such/program",), 5).reason)
