"""Of what failures of several processes together are consequences."""

from __future__ import annotations

from envprobe.diagnose.rule import Candidate
from envprobe.diagnose.rules._ends import ends_but
from envprobe.terms import Cause

# One process that dies for any of these leaves the others with broken connections.
SOURCES = ends_but(Cause.NCCL_COLLECTIVE_FAILURE, Cause.HANG_TIMEOUT, Cause.GRAPH_EXECUTION_GENERIC)
# Rules of collectives that name a cause, for those that only tell that something broke.
NAMED = (
    "nccl-shared-memory-full",
    "nccl-infiniband-failed",
    "nccl-network-failed",
    "nccl-set-up-wrong",
    "nccl-not-in-build",
    "nccl-cuda-failure",
    "too-many-peer-gpus",
    "collective-members-differ",
    "collective-tensors-differ",
    "horovod-tensors-differ",
    "horovod-ranks-stalled",
    "collective-timed-out",
    "slurm-time-limit",
    "job-stopped-from-outside",
    "cluster-port-taken",
    "grpc-through-proxy",
)
OTHER_RANK = Candidate(
    cause=Cause.OOM_HOST,
    check="Read the logs of the other processes: which one ended first, and was it killed (dmesg, "
    "sacct, kubectl describe pod)?",
)
NETWORK = Candidate(
    cause=Cause.HANG_TIMEOUT,
    check="Can the hosts reach each other on the ports of TF_CONFIG (nc -vz host port), without "
    "proxy, sidecar or firewall between?",
)
COLLECTIVE = Candidate(
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    check="Run with NCCL_DEBUG=INFO: its first WARN line names what failed.",
)
