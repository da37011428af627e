"""What envprobe saw becomes sentences, and the rules read them."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from envprobe.running.child import End
from envprobe.running.explain import explained
from envprobe.running.facts import Facts, sentences
from envprobe.running.kernel_log import KernelLog
from envprobe.running.pressure import Counters, Room, counters
from envprobe.running.sample import Sample, Samples
from envprobe.terms import Cause

LAST = Sample(
    seconds=60.0, processes=2, resident_bytes=4_000_000_000, available_bytes=9_000_000_000
)
FACTS = Facts(
    argv=("python", "train.py"),
    pid=4711,
    end=End(signal=9),
    seconds=61.0,
    samples=Samples(period_seconds=0.5, samples=(LAST,), total_bytes=16_000_000_000),
)


def cause(facts: Facts, output: bytes = b"Epoch 1/3\n") -> Cause:
    return explained(output, sentences(facts), failed=True).cause


def test_a_run_that_ended_well_needs_no_words() -> None:
    assert sentences(msgspec.structs.replace(FACTS, end=End(code=0))) == []


def test_a_kill_without_evidence_of_memory_is_somebodys() -> None:
    told = explained(b"Epoch 1/3\n", sentences(FACTS), failed=True)
    assert told.cause is Cause.STOPPED_FROM_OUTSIDE
    assert [one.cause for one in told.candidates][:2] == [
        Cause.STOPPED_FROM_OUTSIDE,
        Cause.OOM_HOST,
    ]
    assert told.root is not None
    assert "memory was at 6.52 GiB of the machine's 14.90 GiB" in told.root.seen


def test_a_kill_when_memory_was_nearly_full_is_likely_memory() -> None:
    last = msgspec.structs.replace(LAST, group_bytes=990)
    samples = Samples(period_seconds=0.5, samples=(last,), limit_bytes=1000)
    told = explained(b"", sentences(msgspec.structs.replace(FACTS, samples=samples)), failed=True)
    assert (told.cause, told.confidence) == (Cause.OOM_HOST, "likely")


def test_the_kernels_counter_makes_it_certain() -> None:
    facts = msgspec.structs.replace(
        FACTS, before=Counters(group_kills=1), after=Counters(group_kills=2)
    )
    told = explained(b"", sentences(facts), failed=True)
    assert (told.cause, told.confidence) == (Cause.OOM_HOST, "certain")
    worker = msgspec.structs.replace(facts, end=End(code=1))
    assert cause(worker) is Cause.OOM_HOST, "a worker process was killed, and the run gave up"


def test_the_machines_counter_counts_with_a_kill_only() -> None:
    facts = msgspec.structs.replace(
        FACTS, before=Counters(machine_kills=1), after=Counters(machine_kills=2)
    )
    assert cause(facts) is Cause.OOM_HOST
    assert cause(msgspec.structs.replace(facts, end=End(code=1))) is Cause.UNKNOWN


def test_the_log_outweighs_the_end() -> None:
    output = (
        b"tensorflow.python.framework.errors_impl.ResourceExhaustedError: OOM when allocating "
        b"tensor with shape[64,8,256,256] and type float on /job:localhost/replica:0/task:0/"
        b"device:GPU:0 by allocator GPU_0_bfc\n"
    )
    assert cause(FACTS, output) is Cause.OOM_GPU
    assert cause(msgspec.structs.replace(FACTS, end=End(signal=11)), output) is Cause.OOM_GPU


def test_a_crash_in_the_drivers_library() -> None:
    kernel = (
        "python[4711]: segfault at 8 ip 0007f sp 0007f error 4 in libcuda.so.550.54[7f+1000]",
    )
    facts = msgspec.structs.replace(FACTS, end=End(signal=11), kernel=kernel)
    assert cause(facts) is Cause.CUDA_RUNTIME_FAULT


def test_a_bus_error_with_full_shared_memory() -> None:
    room = Room(free_bytes=0, total_bytes=67_108_864)
    facts = msgspec.structs.replace(FACTS, end=End(signal=7), shared_memory=room)
    told = explained(b"", sentences(facts), failed=True)
    assert told.root is not None
    assert "64.00 MiB" in told.root.seen


def test_a_failure_that_nothing_explains_is_unknown_with_its_last_lines() -> None:
    facts = msgspec.structs.replace(FACTS, end=End(code=3))
    told = explained(b"a\nb\n", sentences(facts), failed=True)
    assert told.cause is Cause.UNKNOWN
    assert [line.text for line in told.informative] == ["a", "b"]


@pytest.mark.parametrize("failed", [True, False])
def test_harmless_lines_never_explain_a_failure(failed: bool) -> None:
    noise = (
        b"2026-01-01 10:00:00.000001: I external/local_xla/xla/stream_executor/cuda/"
        b"cuda_executor.cc:998] successful NUMA node read from SysFS had negative value (-1), but "
        b"there must be at least one NUMA node, so returning NUMA node zero.\n"
    )
    facts = msgspec.structs.replace(FACTS, end=End(code=3 if failed else 0))
    told = explained(noise, sentences(facts), failed=failed)
    assert told.cause is (Cause.UNKNOWN if failed else Cause.BENIGN)


def test_the_kernels_log_is_read_for_these_processes_only(tmp_path: Path) -> None:
    log = tmp_path / "kmsg"
    log.write_bytes(b"")
    kernel = KernelLog(str(log))
    log.write_bytes(b"6,1,2,-;Out of memory: Killed process 4711 (python)\n SUBSYSTEM=x\n")
    assert kernel.lines({4711}) == ("Out of memory: Killed process 4711 (python)",)
    for text in (b"Out of memory: Killed process 14711 (x)", b"usb 1-1: device 4711 connected"):
        log.write_bytes(b"")
        kernel = KernelLog(str(log))
        log.write_bytes(b"6,1,2,-;" + text)
        assert kernel.lines({4711}) == ()
    assert KernelLog(str(tmp_path / "none")).unknown is not None


def test_counters_of_a_machine(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "vmstat").write_text("pgfree 12\noom_kill 7\n")
    assert counters(tmp_path) == Counters(group_kills=None, machine_kills=7)
    assert counters(tmp_path / str(os.getpid())) == Counters()
