"""Failures made for real: collective ops whose members disagree, and jobs that lose a process."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from envprobe.diagnose.diagnose import diagnose, diagnose_text
from envprobe.diagnose.result import Diagnosis
from envprobe.terms import Cause

SCRIPT = Path(__file__).with_name("failing_collectives.py")
EXPECTED = {
    "other_member_is_missing": ("collective-timed-out", "hang-timeout", {}),
    "groups_differ": (
        "collective-members-differ",
        "nccl-collective-failure",
        {"one": "2", "other": "1"},
    ),
    "dtypes_differ": ("collective-tensors-differ", "dtype-mismatch", {"instance": "5"}),
    "nccl_is_not_built_in": (
        "nccl-not-in-build",
        "nccl-collective-failure",
        {"op": "NcclAllReduce"},
    ),
    "port_is_taken": ("cluster-port-taken", "nccl-collective-failure", {}),
}


def output_of(python: str, *arguments: str, timeout: float = 60) -> str:
    argv = [python, str(SCRIPT), *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode != 0, f"it did not fail: {done.stderr[-500:]}"
    return done.stdout + done.stderr


def root_of(found: Diagnosis) -> tuple[str, str, dict[str, object]]:
    root = next(one for one in found.findings if one.role == "root")
    return root.name, root.cause.value, dict(root.fields)


def free_ports(count: int) -> str:
    taken = [socket.create_server(("localhost", 0)) for _ in range(count)]
    ports = ",".join(str(one.getsockname()[1]) for one in taken)
    for one in taken:
        one.close()
    return ports


@pytest.mark.parametrize("failure", EXPECTED)
def test_the_failure_is_named(failure: str, tensorflow_python: str) -> None:
    name, cause, fields = EXPECTED[failure]
    found_name, found_cause, found_fields = root_of(
        diagnose_text(output_of(tensorflow_python, failure))
    )
    assert (found_name, found_cause) == (name, cause)
    assert found_fields.items() >= fields.items()


def test_the_shapes_are_told(old_tensorflow_python: str) -> None:
    found = diagnose_text(output_of(old_tensorflow_python, "shapes_differ"))
    name, cause, fields = root_of(found)
    assert (name, cause) == ("collective-tensors-differ", "shape-mismatch")
    assert {fields["one"], fields["other"]} == {"[2]", "[3]"}


def test_an_old_release_names_its_failures_too(old_tensorflow_python: str) -> None:
    for failure in ("other_member_is_missing", "nccl_is_not_built_in", "port_is_taken"):
        found = diagnose_text(output_of(old_tensorflow_python, failure))
        assert root_of(found)[:2] == EXPECTED[failure][:2]


@pytest.fixture(scope="module")
def job_with_a_killed_worker(
    tensorflow_python: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder, ports = tmp_path_factory.mktemp("job"), free_ports(2)
    ranks = []
    for index, ends_itself in ((0, "-1"), (1, "3")):
        argv = [tensorflow_python, str(SCRIPT), "worker", str(index), ports, ends_itself]
        with (folder / f"rank{index}.log").open("w") as log:
            ranks.append(subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT))
    for rank in ranks:
        rank.wait(timeout=120)
    return folder


def test_the_process_that_was_lost_is_named(job_with_a_killed_worker: Path) -> None:
    name, cause, fields = root_of(diagnose(job_with_a_killed_worker / "rank0.log"))
    # The others see its connections close, or its heartbeats end, whichever comes first.
    assert name in ("peer-heartbeat-lost", "peer-connection-lost")
    assert cause == "nccl-collective-failure"
    assert fields["peer"] == "/job:worker/replica:0/task:1"


def test_what_ended_a_process_explains_what_the_others_say(job_with_a_killed_worker: Path) -> None:
    killed = job_with_a_killed_worker / "rank1.log"
    # What the shell that started the process writes behind its output.
    killed.write_text(killed.read_text() + "MemoryError: std::bad_alloc\n")
    found = diagnose(job_with_a_killed_worker / "rank0.log", killed)
    assert found.cause is Cause.OOM_HOST
    lost = next(one for one in found.findings if one.name.startswith("peer-"))
    assert lost.role == "consequence"


def test_a_job_that_waits_for_a_process_is_called_silent(tensorflow_python: str) -> None:
    argv = [tensorflow_python, str(SCRIPT), "worker", "0", free_ports(2), "-1"]
    lines = []
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as job:
        assert job.stdout
        for line in job.stdout:
            lines.append(line)
            if "agent has successfully connected" in line:
                break
        job.kill()
    found = diagnose_text("".join(lines))
    # A build for GPUs says first that it finds none, which ends no run either.
    assert "hang-timeout" in [one.cause.value for one in found.candidates]
    assert "cluster-silent" in [one.name for one in found.findings]
