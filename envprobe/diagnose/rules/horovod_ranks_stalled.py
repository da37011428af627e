"""Horovod's ranks wait for each other."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._collectives import COLLECTIVE, OTHER_RANK, SOURCES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

RANKS = r"^\s*(?P<rank>[0-9]+): ?\[(?P<tensor>[^,\]]{1,200})"
TENSOR = r"^\s*(?P<tensor>\S{3,200}) \[(?:missing|ready) ranks: ?(?P<rank>[0-9]+)"


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    for line in sighting.after.splitlines()[:12]:
        found = compiled(RANKS).search(line) or compiled(TENSOR).search(line)
        if found:
            return Reading(fields={"missing": found.group("rank"), "tensor": found.group("tensor")})
    return Reading()


RULE = Rule(
    code="LOG720",
    name="horovod-ranks-stalled",
    cause=Cause.HANG_TIMEOUT,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(r"by subset of ranks and are waiting for .*more than (?P<waited>[0-9]+) seconds"),
        Pattern(r"submitted to be reduced, gathered or broadcasted"),
        Pattern(r"^Stalled (?:ranks|ops):"),
        Pattern(r"Stalled (?:ranks|ops|tensors) *:"),
        Pattern(r"One or more rank(?:s)? \(marked by .{0,60}\) (?:is|are) stalled"),
        Pattern(
            r"stall(?:ed)? .{0,60}longer than HOROVOD_STALL_SHUTDOWN_TIME_SECONDS",
            anchors=("HOROVOD_STALL_SHUTDOWN_TIME_SECONDS",),
        ),
    ),
    seen="Horovod's ranks wait for each other[: rank {missing} has not sent {tensor}][ for "
    "more than {waited} seconds]",
    why="Every rank must submit the same tensors in the same order. One rank does "
    "something else: it has ended or hangs, has fewer batches, saves a checkpoint or "
    "evaluates alone, or trains another model at that moment.",
    fix="Look at what the missing rank does (its log, py-spy dump --pid PID). Give every "
    "rank the same number of steps (drop_remainder, equal shards), let only code "
    "without collective ops run on rank 0 alone, and put a barrier behind it.",
    yields_to=("nccl-shared-memory-full", "nccl-infiniband-failed", "nccl-set-up-wrong", *SOURCES),
    candidates=(COLLECTIVE, OTHER_RANK),
    source="https://github.com/horovod/horovod/blob/master/horovod/common/stall_inspector.cc",
    read=_read,
    hits=(
        "[2022-03-04 05:06:07.1: W horovod/common/stall_inspector.cc:105] One or more "
        "tensors were submitted to be reduced, gathered or broadcasted by subset of ranks "
        "and are waiting for remainder of ranks for more than 60 seconds. This may "
        "indicate that different ranks are trying to submit different tensors or that "
        "only subset of ranks is submitting tensors, which will cause deadlock. \nMissing "
        "ranks:\n3: [DistributedAdam_Allreduce/HorovodAllreduce_grads_4_0]",
    ),
    misses=("Horovod v0.28.1:\nAvailable Frameworks:\n    [X] TensorFlow",),
)
