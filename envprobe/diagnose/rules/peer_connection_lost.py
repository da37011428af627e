"""The connection to another process of the job broke."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._collectives import COLLECTIVE, NAMED, NETWORK, OTHER_RANK, SOURCES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

REMOTE = ("/job:", "grpc", "GRPC", "ollective", "coordination", "NCCL", "tensorflow", "Unavailable")

TARGET = r"from remote target (/job:\S+?/task:[0-9]+)"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    near = f"{sighting.line.text}\n{sighting.after[:1500]}"
    if not any(text in near for text in REMOTE) and not log.has("cluster-configured"):
        return None  # a download, a database: not a process of the job
    peer = compiled(TARGET).search(near)
    return Reading(fields={"peer": peer.group(1)} if peer else {})


RULE = Rule(
    code="LOG713",
    name="peer-connection-lost",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(
            r"(?:UNAVAILABLE|Unavailable\w*|UnavailableError): (?:\{\{.{0,200}\}\} "
            r")?(?:Collective ops is aborted by: )?(?P<error>Socket closed|Connection reset "
            r"by peer|Broken pipe|GOAWAY received|Endpoint read failed|OS "
            r"Error|recvmsg:Connection reset by peer|keepalive watchdog timeout)",
            anchors=("navailable", "UNAVAILABLE"),
        ),
        Pattern(r"(?P<error>Connection reset by peer)\W", anchors=("Connection reset by peer",)),
        Pattern(r"unexpectedly tried to connect with a different incarnation"),
        Pattern(
            r"(?P<peer>/job:\S+/task:[0-9]+) (?:is down|has been terminated|unreachable)",
            anchors=(" is down", " has been terminated", " unreachable"),
        ),
        Pattern(
            r"Worker (?P<peer>\S+) (?:failed|has been preempted|is closing|seems down)",
            anchors=("Worker ",),
        ),
        Pattern(r"Lost worker (?P<peer>\S+)"),
    ),
    seen="the connection to another process broke[: {error}][ ({peer})]",
    why="A process does not close its connections while it works: the other one ended, "
    "was killed or preempted, or the network between them dropped the connection.",
    fix="Read the log of the process on the other side, and what ended it (dmesg, sacct "
    "-j JOB, kubectl describe pod): a kill for memory is the most frequent. Where it "
    "still ran, look for idle limits of load balancers, sidecars and firewalls.",
    yields_to=(
        *NAMED,
        "nccl-failed",
        "peer-heartbeat-lost",
        "cluster-not-formed",
        *SOURCES,
    ),
    candidates=(OTHER_RANK, NETWORK, COLLECTIVE),
    source="tensorflow/core/distributed_runtime/rpc/grpc_remote_worker.cc",
    read=_read,
    hits=(
        "tensorflow.python.framework.errors_impl.UnavailableError: Collective ops is "
        "aborted by: Socket closed\nAdditional GRPC error information from remote target "
        "/job:worker/replica:0/task:1:\nThe error could be from a previous operation. "
        "Restart your program to reset. [Op:CollectiveReduceV2]",
    ),
    misses=(
        "requests.exceptions.ConnectionError: ('Connection aborted.', "
        "ConnectionResetError(104, 'Connection reset by peer'))",
    ),
)
