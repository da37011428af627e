"""A job of several processes was set up, and then nothing more was written."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._collectives import COLLECTIVE, OTHER_RANK, SOURCES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity

STRAGGLER = r"stragglers:\n\s*(\S+)"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if log.went_on_after(sighting) or log.has("cluster-ready", "failure"):
        return None
    if sighting.fields.get("workers") == "1":
        return None  # nobody to wait for
    if "agent" in sighting.fields and log.has("collective-ops-enabled"):
        return None  # all had come
    straggler = compiled(STRAGGLER).search(sighting.after)
    return Reading(fields={"missing": straggler.group(1)} if straggler else {})


RULE = Rule(
    code="LOG718",
    name="cluster-silent",
    cause=Cause.HANG_TIMEOUT,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"(?:CollectiveAllReduceStrategy|MultiWorkerMirroredStrategy) with cluster_spec = .*?"
            r"num_workers = (?P<workers>[0-9]+)",
            anchors=(" with cluster_spec = ",),
        ),
        Pattern(r"Waiting for the cluster, timeout = (?P<waits>\S+)"),
        Pattern(r"Waiting for [0-9]+/(?P<workers>[0-9]+) tasks to connect"),
        Pattern(r"Coordination (?P<agent>agent) has successfully connected"),
        Pattern(r"is now connecting to cluster with cluster_spec: "),
        Pattern(r"Waiting for model to be ready\.  ?Ready_for_local_init_op"),
        Pattern(r"Initialize GrpcChannelCache for job worker -> \{0 -> .*, 1 -> "),
    ),
    seen="a job of several processes starts[ ({workers} workers)], and the log ends "
    "without any step[: {missing} has not come]",
    why="After this line TensorFlow waits until every process of the cluster answers. It "
    "never says that it waits: a process that was not started, a wrong address, a "
    "proxy or a sidecar show as silence.",
    fix="Check that every process of TF_CONFIG runs and listens (ss -ltnp), that the "
    "hosts reach each other (nc -vz HOST PORT), and that http_proxy is unset or "
    "no_proxy holds the hosts. In Kubernetes turn the sidecar's injection off. "
    "NCCL_DEBUG=INFO shows whether NCCL starts.",
    yields_to=("cluster-not-formed", "collective-timed-out", "nccl-collective-failure", *SOURCES),
    candidates=(COLLECTIVE, OTHER_RANK),
    source="tensorflow/python/distribute/collective_all_reduce_strategy.py",
    read=_read,
    hits=(
        "INFO:tensorflow:MultiWorkerMirroredStrategy with cluster_spec = {'worker': "
        "['a:2222', 'b:2222', 'c:2222']}, task_type = 'worker', task_id = 0, num_workers "
        "= 3, local_devices = ('/job:worker/replica:0/task:0/device:GPU:0',), "
        "communication = CommunicationImplementation.AUTO\nINFO:tensorflow:Waiting for "
        "the cluster, timeout = inf",
    ),
    misses=(
        "INFO:tensorflow:Waiting for the cluster, timeout = inf\nINFO:tensorflow:Cluster "
        "is ready.\nEpoch 1/2\n10/10 [==============================] - 1s 9ms/step - "
        "loss: 0.3",
        "INFO:tensorflow:Using MirroredStrategy with devices ('/job:localhost/replica:0/task:0/"
        "device:GPU:0',)",
    ),
)
