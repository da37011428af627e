"""gRPC sent the job's own traffic to an HTTP proxy."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG717",
    name="grpc-through-proxy",
    cause=Cause.HANG_TIMEOUT,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"HTTP proxy returned response code (?P<code>[0-9]+)"),
        Pattern(
            r"[Ff]ailed to connect to .{0,60}(?:via|through) (?:the )?(?:HTTP )?proxy",
            anchors=("ailed to connect to ",),
        ),
    ),
    seen="a proxy stands between the processes of the job[: it answered {code}]",
    why="gRPC obeys http_proxy and https_proxy. The proxy refuses connections to the "
    "other workers, so they wait for ever.",
    fix="unset http_proxy https_proxy in the job's environment, or put every worker's host into "
    "no_proxy (no_grpc_proxy for gRPC only).",
    source="https://github.com/grpc/grpc/blob/master/doc/environment_variables.md",
    hits=(
        "tensorflow.python.framework.errors_impl.UnavailableError: failed to connect to "
        "all addresses; last error: UNKNOWN: ipv4:10.2.3.4:3128: HTTP proxy returned "
        "response code 403",
    ),
    misses=("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))",),
)
