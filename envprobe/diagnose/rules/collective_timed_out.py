"""A collective op waited for the other processes longer than it was allowed to."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.diagnose.rules._collectives import COLLECTIVE, OTHER_RANK, SOURCES
from envprobe.terms import Cause

RULE = Rule(
    code="LOG711",
    name="collective-timed-out",
    cause=Cause.HANG_TIMEOUT,
    kind=Kind.SYMPTOM,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"Collective has timed out (?P<during>waiting for other workers|during execution)"),
        Pattern(r"seconds and may be stuck[.:]? ?(?:Expected (?P<expected>[0-9]+) threads)?"),
        Pattern(
            r"This thread has been waiting for (?P<waited>[0-9]+ ?(?:ms|s|seconds)) "
            r".{0,200}may be stuck"
        ),
        Pattern(r"Termination timeout (?:for|of) .{0,200}(?:exceeded|seconds)"),
        Pattern(r"threads to join the rendezvous, but not all of them arrived"),
        Pattern(r"(?P<error>RendezvousAborted)"),
        Pattern(
            r"[Tt]imed out waiting for .{0,60}(?:participants|all "
            r"(?:workers|ranks|replicas|tasks|participants))",
            anchors=("imed out waiting for ",),
        ),
        Pattern(r"Watchdog caught collective operation timeout"),
        Pattern(r"Gloo .{0,80}(?P<error>[Tt]imed out.{0,60})", anchors=("imed out",)),
        Pattern(
            r"DEADLINE_EXCEEDED: (?P<error>.{0,160}(?:[Bb]arrier|[Cc]ollective|rendezvous|Rend"
            r"ezvous).{0,80})"
        ),
    ),
    seen="processes or GPUs waited for each other in vain[ {during}][: {expected} were "
    "expected][ for {waited}]",
    why="A collective op ends only when every process and every GPU takes part. One of "
    "them does not: it is slower, has ended, runs another graph, has fewer batches, "
    "or the data cannot pass between them (peer access behind an IOMMU, a blocked "
    "network).",
    fix="Compare the processes' logs: where does each stand (py-spy dump --pid PID)? Give "
    "every process the same number of batches and the same model. Test the way "
    "between GPUs: NCCL_P2P_DISABLE=1, and NCCL_DEBUG=INFO; where P2P is at fault, "
    "turn ACS and the IOMMU off in the BIOS. Where a step is only slow, raise the "
    "timeout of CommunicationOptions(timeout_seconds=...).",
    yields_to=("nccl-shared-memory-full", "nccl-infiniband-failed", "nccl-set-up-wrong", *SOURCES),
    candidates=(COLLECTIVE, OTHER_RANK),
    source="tensorflow/core/kernels/collective_ops.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.DeadlineExceededError: Collective has timed out "
        "waiting for other workers. [Op:CollectiveReduceV2]",
        "E0000 00:00:1741111111.2 88 rendezvous.cc:102] This thread has been waiting for "
        "10 seconds and may be stuck. Expected 4 threads to join the rendezvous, but not "
        "all of them arrived on time.",
    ),
    misses=("urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.",),
)
