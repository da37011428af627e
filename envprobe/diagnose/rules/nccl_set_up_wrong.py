"""NCCL refuses the way the processes and GPUs were set up."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG703",
    name="nccl-set-up-wrong",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Duplicate GPU detected : (?P<error>rank [0-9]+ and rank [0-9]+ both on CUDA "
            r"device \S+)"
        ),
        Pattern(r"NCCL WARN (?P<error>[Mm]ismatched? (?:NCCL )?(?:versions?|collective).{0,80})"),
        Pattern(r"(?P<error>Mismatched NCCL version detected.{0,80})"),
        Pattern(r"(?P<error>Bootstrap Root : mismatch in rank count.{0,60})"),
        Pattern(r"(?P<error>P2P is disabled between (?:NVLINK )?connected GPUs [0-9]+ and [0-9]+)"),
        Pattern(r"NCCL WARN (?P<error>Could not enable P2P between.{0,80})"),
        Pattern(r"NCCL WARN (?P<error>NET/Socket : peer \S+ message truncated.{0,60})"),
        Pattern(r"NCCL: (?P<error>invalid (?:usage|argument))"),
        Pattern(r"NCCL WARN (?P<error>Invalid (?:config|NCCL_\w+|rank requested).{0,80})"),
        Pattern(r"NCCL WARN (?P<error>Rank [0-9]+ has no transport for \S+ peer [0-9]+.{0,40})"),
        Pattern(r"(?P<error>Unable to load NCCL library)"),
        Pattern(r"(?P<error>NCCL library version .{0,60}(?:mismatch|incompatible).{0,40})"),
    ),
    seen="NCCL refuses the set-up: {error}",
    why="All processes must use the same NCCL, each process a GPU of its own, and every "
    "pair of GPUs needs a way to exchange data.",
    fix="Give each process one GPU (CUDA_VISIBLE_DEVICES or set_visible_devices by local "
    "rank), run the same container image on all hosts, and look at `nvidia-smi topo "
    "-m`. NCCL_DEBUG=INFO shows what each process chose; NCCL_P2P_DISABLE=1 goes "
    "around a broken direct path.",
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html",
    hits=(
        "n1:10:33 [0] init.cc:795 NCCL WARN Duplicate GPU detected : rank 1 and rank 0 "
        "both on CUDA device 1a000\n[1,1]<stderr>:horovod.common.exceptions.HorovodInterna"
        "lError: ncclCommInitRank failed: invalid usage",
    ),
    misses=("n1:10:33 [0] NCCL INFO NCCL version 2.16.5+cuda11.8",),
)
