"""What launchers put in front of lines is taken away, and tells the rank."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.diagnose.reading.launcher import launcher_of

MESSAGE = "ValueError: Shapes (32, 10) and (32, 1) are incompatible"
FRONTS = [
    ("srun --label", "{rank}: ", "3"),
    ("srun --label", " {rank}: ", "3"),
    ("mpirun --tag-output", "[1,{rank}]<stderr>: ", "3"),
    ("mpirun 5 --tag-output", "[prterun-node-7@1,{rank}]<stderr>: ", "3"),
    ("horovodrun", "[{rank}]<stderr>:", "3"),
    ("torchrun", "[rank{rank}]: ", "3"),
    ("kubectl --prefix", "[pod/{rank}/main] ", "worker-3"),
    ("container runtime", "2026-01-02T03:04:05.123456789Z stderr F ", None),
    ("kubectl --timestamps", "2026-01-02T03:04:05.123456789Z ", None),
    ("docker compose", "{rank}  | ", "worker-3"),
    ("ray", "(train pid=77, ip={rank}) ", "10.0.0.3"),
    ("journald", "Nov 20 20:25:21 node1 python[77]: ", None),
    ("quoted", "> ", None),
]


@pytest.mark.parametrize(("name", "front", "rank"), FRONTS, ids=[one[0] for one in FRONTS])
def test_a_front_is_taken_away(name: str, front: str, rank: str | None) -> None:
    lines = [front.format(rank=rank) + text for text in ("Epoch 1/2", MESSAGE, "", "done")]
    launcher = launcher_of(lines)
    assert launcher.strip(lines[1]) == (MESSAGE, rank)


def test_two_fronts() -> None:
    lines = [f"2026-01-02T03:04:05Z stdout F [1,7]<stdout>:{text}" for text in ("a", "b", "c")]
    assert launcher_of(lines).strip(lines[2]) == ("c", "7")


@pytest.mark.parametrize("key", ["log", "message", "textPayload"])
def test_lines_of_json(key: str) -> None:
    lines = [json.dumps({key: text + "\n", "stream": "stderr"}) for text in ("Epoch 1/2", MESSAGE)]
    assert launcher_of(lines).strip(lines[1]) == (MESSAGE, None)


def test_lines_of_json_with_colours_are_never_raw() -> None:
    text = "\x1b[1;31mValueError\x1b[0m: \x1b]0;title\x07\u202eno 1%\r2%\r\n"
    lines = [json.dumps({"log": text})] * 2
    assert launcher_of(lines).strip(lines[0])[0] == "ValueError: no 1%\n2%"


def test_an_empty_line_in_json() -> None:
    lines = [json.dumps({"log": text}) for text in ("a\n", "\n", "b\n")]
    assert launcher_of(lines).strip(lines[1])[0] == ""


def test_a_message_of_json_within_and_the_traceback_beside_it() -> None:
    records = [{"jsonPayload": {"message": "it failed", "exc_info": "Traceback\n" + MESSAGE}}] * 2
    lines = [json.dumps(record) for record in records]
    assert launcher_of(lines).strip(lines[0])[0] == f"it failed\nTraceback\n{MESSAGE}"


def test_json_nested_without_end_is_text() -> None:
    lines = ['{"log":' + "[" * 5000] * 2
    assert launcher_of(lines).strip(lines[0])[0] == lines[0]


def test_what_few_lines_have_is_part_of_their_text() -> None:
    lines = ["Epoch 1/2", "3: a number", "more", "and more"]
    assert launcher_of(lines).strip(lines[1]) == (lines[1], None)


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_lines_can_be_asked(lines: list[str]) -> None:
    launcher = launcher_of(lines)
    for line in lines:
        assert len(launcher.strip(line)[0]) <= len(line)
