"""TensorFlow's server could not open its port."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG716",
    name="cluster-port-taken",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"Could not start gRPC server"),
        Pattern(r"No address added out of total [0-9]+ resolved"),
        Pattern(r"Failed to add (?:any )?(?:port|wildcard listeners)"),
        Pattern(r"Only one usage of each socket address .{0,80}is normally permitted"),
        Pattern(r"server_chttp2\.cc.{0,200}(?P<error>Address already in use)"),
    ),
    seen="TensorFlow's server could not open its port[: {error}]",
    why="Another process holds the port that TF_CONFIG gives to this one, often the same "
    "job's, which did not end, or a second process with the same index; or the "
    "address is not one of this host's.",
    fix="End the process that holds the port (ss -ltnp | grep PORT), or give another "
    "port; let every process have its own index and its own host's address in "
    "TF_CONFIG.",
    source="tensorflow/core/distributed_runtime/rpc/grpc_server_lib.cc",
    hits=(
        'E0304 05:06:07.123456 77 server_chttp2.cc:40] {"created":"@1","description":"No address '
        'added out of total 1 resolved"}\n2021-03-04 05:06:07.2: E tensorflow/core/'
        "distributed_runtime/rpc/grpc_server_lib.cc:533] Unknown: Could not start gRPC server",
    ),
    misses=(
        "E1101 10:00:00.1 server.py] TensorBoard could not bind to port 6006, it was "
        "already in use",
    ),
)
