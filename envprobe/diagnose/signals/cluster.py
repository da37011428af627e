"""What the log tells of a job of several processes."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIGNALS = (
    Signal(
        name="cluster-configured",
        patterns=(
            Pattern(r"cluster_spec = "),
            Pattern(r"cluster_spec: "),
            Pattern(r"TF_CONFIG"),
            Pattern(r"Initialize GrpcChannelCache for job"),
            Pattern(r"Initializing Horovod"),
        ),
    ),
    Signal(
        name="cluster-ready",
        patterns=(
            Pattern(r"Cluster is ready\."),
            Pattern(r"Collective all_reduce"),
            Pattern(r"Collective batch_all_reduce"),
            Pattern(r"Running local_init_op"),
            Pattern(r"batch_all_reduce: [0-9]+ all-reduces"),
        ),
    ),
    Signal(
        name="collective-ops-enabled",
        patterns=(Pattern(r"Enabled multi-worker collective ops with available devices"),),
    ),
    Signal(
        name="proxy-set",
        patterns=(
            Pattern(r"https?_proxy=\S+", anchors=("http_proxy=", "https_proxy=")),
            Pattern(r"HTTPS?_PROXY=\S+", anchors=("HTTP_PROXY=", "HTTPS_PROXY=")),
            Pattern(r"HTTP proxy returned response code"),
        ),
    ),
)
