"""Runs that are killed for their memory: told from those that somebody killed."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from envprobe.inventory.cgroup import ask_cgroup, cgroup_trees
from tests.running.commands import RUN, python, run

LIMIT = 220 * 2**20
GROWS = """
import time
held = []
print('growing', flush=True)
while True:
    held.append(bytearray(b'x' * (8 * 2**20)))
    time.sleep(0.03)
"""


@pytest.fixture
def limited_group() -> Iterator[Path]:
    """A control group with a small memory limit; skipped where none may be made."""
    answer = ask_cgroup(Path("/"))
    trees = cgroup_trees(answer.membership or "", answer.mountinfo or "")
    names = {"memory": ("memory.limit_in_bytes",), "": ("memory.max", "memory.swap.max")}
    for tree in trees:
        if tree.controller not in names:
            continue
        group = Path(tree.folders[0]) / f"envprobe-test-{os.getpid()}"
        try:
            group.mkdir()
            for name in names[tree.controller]:
                (group / name).write_text("0" if "swap" in name else str(LIMIT))
        except OSError:
            with suppress(OSError):
                group.rmdir()
            continue
        yield group
        with suppress(OSError):
            group.rmdir()
        return
    pytest.skip("no control group with a memory limit can be made here (needs root or delegation)")


def test_a_kill_by_the_groups_limit_is_recognised(limited_group: Path, tmp_path: Path) -> None:
    command = [*RUN, "--json", str(tmp_path / "run.json"), "--", *python(GROWS)]
    enter = f'echo $$ > {limited_group / "cgroup.procs"}; exec "$@"'
    done = subprocess.run(
        ["sh", "-c", enter, "sh", *command], capture_output=True, timeout=100, check=False
    )
    told = done.stderr.decode()
    assert done.returncode == 137, told
    assert done.stdout == b"growing\n"
    assert "oom_kill rose from 0 to 1" in told
    assert "Cause: oom-host (certain)" in told
    assert "control group" in told
    result = json.loads((tmp_path / "run.json").read_bytes())
    assert result["samples"]["limit_bytes"] == LIMIT
    assert 0.5 * LIMIT < result["peaks"]["group_bytes"] <= LIMIT
    root = next(f for f in result["diagnosis"]["findings"] if f["role"] == "root")
    assert root["name"] == "run-out-of-memory"


def test_a_kill_by_somebody_is_not_called_memory() -> None:
    done = run(python("import os, time; time.sleep(0.8); os.kill(os.getpid(), 9)"))
    told = done.stderr.decode()
    assert done.returncode == 137
    assert "Cause: stopped-from-outside (possible)" in told
    assert "memory was at" in told
    assert "or: oom-host" in told


def test_a_kill_inside_of_a_script_is_seen_by_its_exit_code() -> None:
    done = run(["sh", "-c", "sh -c 'kill -9 $$'; exit $?"])
    assert done.returncode == 137
    assert b"run-killed" in done.stderr


def test_the_end_by_timeout_is_told() -> None:
    done = run(["timeout", "1", "sleep", "20"])
    assert done.returncode == 124
    assert b"run-time-over" in done.stderr


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("SEGV", "run-segmentation-fault"),
        ("BUS", "run-bus-error"),
        ("TERM", "run-stopped"),
        ("USR1", "run-stopped"),
        ("ILL", "cpu-illegal-instruction"),
    ],
)
def test_each_signal_has_its_explanation(name: str, rule: str) -> None:
    script = (
        "import os, resource as r, signal; r.setrlimit(r.RLIMIT_CORE, (0, 0)); "
        f"os.kill(os.getpid(), signal.SIG{name})"
    )
    done = run(python(script))
    assert rule in done.stderr.decode()
