"""What envprobe saw of a run's end, in sentences that diagnose's rules read (`rules/run_*.py`)."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from pathlib import PurePath

import msgspec

from envprobe.running.child import End
from envprobe.running.pressure import Counters, Room
from envprobe.running.sample import Sample, Samples

NAME = "<envprobe run>"
FRONT = "envprobe run: "
# What a shell, or a program that waits for others, makes of a process that a signal has ended.
SHELL_CODES = (signal.SIGTERM + 128, 137, 139, 135, 132)
TIMEOUT_CODE = 124


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended, as its parent saw it.

    received       signals that envprobe was sent for the run
    before, after  the run
    kernel         lines of the kernel's log that name its processes
    """

    argv: tuple[str, ...]
    pid: int
    end: End
    seconds: float
    received: tuple[int, ...] = ()
    before: Counters = Counters()
    after: Counters = Counters()
    kernel: tuple[str, ...] = ()
    samples: Samples
    shared_memory: Room | None = None


def sentences(facts: Facts) -> list[str]:
    """The log that the run itself could not write; empty for a run that ended well."""
    if facts.end.exit_code == 0:
        return []
    every = (*_kills(facts), *_ending(facts), *_memory(facts), *_sent(facts.received))
    return [FRONT + line for line in (*every, *(f"kernel log: {one}" for one in facts.kernel))]


def signal_name(number: int) -> str:
    """`KILL`."""
    try:
        return signal.Signals(number).name.removeprefix("SIG")
    except ValueError:
        return str(number)


def _kills(facts: Facts) -> Iterator[str]:
    before, after = facts.before, facts.after
    yield from _rise("memory.events: oom_kill", before.group_kills, after.group_kills)
    yield from _rise("vmstat: oom_kill", before.machine_kills, after.machine_kills)


def _rise(what: str, before: int | None, after: int | None) -> Iterator[str]:
    if before is not None and after is not None and after > before:
        yield f"{what} rose from {before} to {after}"


def _ending(facts: Facts) -> Iterator[str]:
    end, after = facts.end, f"after {facts.seconds:.1f} s"
    number = end.signal
    if number is None and end.code in SHELL_CODES:
        name = signal_name(end.code - 128)
        yield f"by its exit code, a process of the command ended by signal {name} {after}"
    elif number is not None and number == signal.SIGILL:
        yield f"process {facts.pid} ended by signal ILL {after}: Illegal instruction"
    elif number is not None:
        yield f"process {facts.pid} ended by signal {signal_name(number)} {after}"
    elif end.code == TIMEOUT_CODE and PurePath(facts.argv[0]).name == "timeout":
        yield f"the time limit of `timeout` ended the command {after}"
    else:
        yield f"the exit code was {end.code} {after}"


def _memory(facts: Facts) -> Iterator[str]:
    """The last sample, with what bounds it."""
    samples = facts.samples
    if samples.samples:
        yield from _last(samples.samples[-1], samples)
    room = facts.shared_memory
    if room is not None and room.free_bytes < room.total_bytes / 100:
        yield f"/dev/shm had {room.free_bytes} of {room.total_bytes} bytes free at the end"  # noqa: S108


def _last(last: Sample, samples: Samples) -> Iterator[str]:
    yield f"memory at the end: {last.resident_bytes} bytes in {last.processes} processes of the run"
    if last.group_bytes is not None and samples.limit_bytes is not None:
        held, limit = last.group_bytes, samples.limit_bytes
        yield f"memory at the end: the control group held {held} of {limit} bytes"
    if last.available_bytes is not None and samples.total_bytes is not None:
        free, total = last.available_bytes, samples.total_bytes
        yield f"memory at the end: the machine had {free} of {total} bytes available"


def _sent(received: Sequence[int]) -> Iterator[str]:
    names = dict.fromkeys(signal_name(one) for one in received)
    told = [name for name in names if name not in ("CONT", "TSTP")]
    if told:
        yield f"while it ran, it was sent {', '.join(told)}"
