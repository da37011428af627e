"""A process waited for the others of the job, and they did not come."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._collectives import COLLECTIVE, OTHER_RANK, SOURCES
from envprobe.terms import Cause

RULE = Rule(
    code="LOG715",
    name="cluster-not-formed",
    cause=Cause.HANG_TIMEOUT,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(r"Timeout waiting for the cluster, timeout is (?P<waited>[0-9]+) seconds"),
        Pattern(r"CreateSession still waiting for response from worker: (?P<peer>\S+)"),
        Pattern(r"cluster registration failed"),
        Pattern(r"Coordination service agent failed to register with the leader"),
        Pattern(r"Coordination Service agent connect failed"),
        Pattern(r"waited too long for some tasks to show up"),
        Pattern(r"Barrier timed out\. (?:Id|Barrier_id): (?P<barrier>\S+)"),
        Pattern(r"Barrier .{0,80}timed out after", anchors=("timed out after",)),
        Pattern(r"failed to connect to all addresses"),
        Pattern(r"(?P<peer>\S+:[0-9]+): Failed to connect to remote host: (?P<error>.{3,80})"),
        Pattern(r"Failed to connect to remote host: (?P<error>.{3,80})"),
        Pattern(r"GetKeyValue\(\) timed out with key: (?P<key>\S+)"),
        Pattern(
            r"Waiting for (?:the )?(?:chief|leader|worker|master)\S* (?:to|session)",
            anchors=("Waiting for ",),
        ),
        Pattern(
            r"(?P<error>DEADLINE_EXCEEDED|Deadline Exceeded|DeadlineExceededError)",
            anchors=("DEADLINE_EXCEEDED", "Deadline Exceeded", "DeadlineExceededError"),
        ),
        Pattern(r"(?P<peer>/job:\S+) seems down, retrying (?P<attempt>[0-9]+/[0-9]+)"),
        Pattern(
            r"Failed to get (?:response from|heartbeat from) .{0,80}: Deadline",
            anchors=("Deadline",),
        ),
        Pattern(
            r"Timed out waiting for (?:worker|task|server|cluster|all)\S*",
            anchors=("Timed out waiting for ",),
        ),
    ),
    seen="the processes of the job did not find each other[: {peer}][ after {waited} "
    "seconds][: {error}][ at the barrier {barrier}]",
    why="TensorFlow waits until every process of the cluster answers. One was not "
    "started, ended at once, listens at another address or port than TF_CONFIG says, "
    "or a proxy, a sidecar or a firewall stands between them.",
    fix="Start all processes with the same cluster in TF_CONFIG. Test from each host: nc -vz HOST "
    "PORT. gRPC goes through http_proxy where it is set: unset it, or put the hosts into no_proxy. "
    'In Kubernetes take the sidecar off (sidecar.istio.io/inject: "false"). Read the log of the '
    "process that does not answer.",
    yields_to=(
        "cluster-port-taken",
        "grpc-through-proxy",
        "collective-timed-out",
        "horovod-ranks-stalled",
        "slurm-time-limit",
        "job-stopped-from-outside",
        *SOURCES,
    ),
    candidates=(
        Candidate(
            cause=Cause.HANG_TIMEOUT,
            check="Is http_proxy set on the hosts (env | grep -i proxy)?",
        ),
        OTHER_RANK,
        COLLECTIVE,
    ),
    source="tensorflow/python/distribute/collective_all_reduce_strategy.py",
    hits=(
        "2021-03-04 05:06:07.1: I tensorflow/core/distributed_runtime/master.cc:259] "
        "CreateSession still waiting for response from worker: "
        "/job:worker/replica:0/task:2\n2021-03-04 05:06:17.1: I "
        "tensorflow/core/distributed_runtime/master.cc:259] CreateSession still waiting "
        "for response from worker: /job:worker/replica:0/task:2",
        "RuntimeError: Timeout waiting for the cluster, timeout is 1800 seconds",
        "tensorflow.python.framework.errors_impl.UnavailableError: failed to connect to "
        "all addresses\nAdditional GRPC error information from remote target "
        "/job:ps/replica:0/task:0:",
    ),
    misses=("Waiting for data to be downloaded",),
)
