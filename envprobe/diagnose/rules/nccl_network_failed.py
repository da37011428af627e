"""NCCL's processes cannot reach each other over the network."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._collectives import NETWORK, OTHER_RANK, SOURCES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

PEER_DIED = ("Connection reset", "Broken pipe", "closed by remote", "recv", "Software caused")


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    if any(text in sighting.line.text for text in PEER_DIED):
        return Reading(kind=Kind.SYMPTOM, candidates=(OTHER_RANK, NETWORK))
    return Reading()


RULE = Rule(
    code="LOG702",
    name="nccl-network-failed",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"(?:NCCL WARN|socket\w*).{0,40}Connect to (?P<peer>\S+) failed : (?P<error>.+)",
            anchors=(" failed : ",),
        ),
        Pattern(
            r"NCCL WARN Call to (?P<call>connect|recv|send|bind|listen|accept|getaddrinfo|poll"
            r")\S* .{0,80}failed : (?P<error>.+)"
        ),
        Pattern(
            r"NCCL WARN .{0,80}(?P<error>Connection (?:refused|timed out|reset by peer|closed "
            r"by remote peer)\S*)",
            anchors=("NCCL WARN",),
        ),
        Pattern(r"NCCL WARN .{0,80}(?P<error>No route to host|Network is unreachable)"),
        Pattern(r"Bootstrap : (?P<error>no socket interface found)"),
        Pattern(r"(?P<error>exceeded (?:retries|timeouts) \([0-9]+\))", anchors=("exceeded ",)),
        Pattern(
            r"(?P<error>No IP address found|No socket interface found|no interface found)",
            anchors=("No IP address found", "ocket interface found", "no interface found"),
        ),
        Pattern(r"NCCL WARN .{0,60}Net : (?P<error>.{0,60}closed.{0,30})"),
    ),
    seen="an NCCL process did not reach another[ ({peer})][: {error}]",
    why="NCCL opens connections between all processes on ports of its own. The wrong network "
    "interface (docker0, a VPN), a firewall, or a process that ended stand between them.",
    fix="Choose the interface that the hosts share: NCCL_SOCKET_IFNAME=eth0 (ip addr shows the "
    "names). Open the ports between the hosts and keep sidecars (istio) off them. Where a process "
    "ended first, its log holds the cause.",
    yields_to=("nccl-shared-memory-full", "nccl-infiniband-failed", *SOURCES),
    candidates=(NETWORK, OTHER_RANK),
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html#ne"
    "tworking-issues",
    read=_read,
    hits=(
        "worker1:20:88 [0] misc/socket.cc:484 NCCL WARN socketStartConnect: Connect to "
        "172.17.0.5<41234> failed : No route to host",
        "gpu2:17:60 [0] include/socket.h:403 NCCL WARN Connect to 10.1.0.9<47001> failed "
        ": Connection refused",
        "gpu9:7:70 [0] bootstrap.cc:45 NCCL WARN Bootstrap : no socket interface found",
    ),
    misses=(
        "gpu2:17:60 [0] NCCL INFO Bootstrap : Using eth0:10.1.0.9<0>",
        "requests.exceptions.ConnectionError: Connection refused",
    ),
)
