"""gRPC tells how it treats forks, credentials and closed connections."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG831",
    name="grpc-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"threads are currently calling into gRPC, skipping fork\(\) handlers"),
        Pattern(r"Fork support is only compatible with the epoll1 and poll polling strategies"),
        Pattern(r"Fork support not enabled"),
        Pattern(r"ALTS creds ignored\. Not running on GCP"),
        Pattern(r"ALTS: Platforms other than Linux and Windows are not supported"),
        Pattern(r"grpc_wait_for_shutdown_with_timeout\(\) timed out"),
        Pattern(r"Waiting for thread pool to idle before forking"),
        Pattern(r"gRPC experiments enabled: "),
        Pattern(r"Using (?:native|ares) dns resolver", anchors=(" dns resolver",)),
        Pattern(r"Started server with target: grpc://"),
        Pattern(r"Initialize GrpcChannelCache for job"),
    ),
    seen="gRPC notes how it treats forks, credentials or connections.",
    why="The library under tf.distribute, tf.data's service and Google's clients logs this at "
    "level E or I. Calls go on.",
    fix="Nothing to do; GRPC_VERBOSITY=NONE silences it.",
    source="github.com/grpc/grpc src/core/lib",
    hits=(
        "E0711 09:12:44.101010101   90210 fork_posix.cc:76]           Other threads are currently "
        "calling into gRPC, skipping fork() handlers\n",
        "E0000 00:00:1760001112.131415    7788 alts_credentials.cc:93] ALTS creds ignored. Not "
        "running on GCP and untrusted ALTS is not enabled.\n",
    ),
    misses=("UnavailableError: failed to connect to all addresses\n",),
)
