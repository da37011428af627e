"""A CUDA call inside NCCL failed."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

TOLD = {
    "out of memory": Cause.OOM_GPU,
    "no kernel image": Cause.CUDA_ARCH_UNSUPPORTED,
    "invalid device function": Cause.CUDA_ARCH_UNSUPPORTED,
    "driver version is insufficient": Cause.DRIVER_TOO_OLD,
    "unsupported toolchain": Cause.DRIVER_TOO_OLD,
    "uncorrectable": Cause.GPU_HARDWARE_FAULT,
    "illegal memory access": Cause.CUDA_RUNTIME_FAULT,
    "unspecified launch failure": Cause.CUDA_RUNTIME_FAULT,
}


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    error = sighting.fields["error"].lower()
    told = next((cause for text, cause in TOLD.items() if text in error), None)
    return Reading(cause=told, confidence=Confidence.CERTAIN) if told else Reading()


RULE = Rule(
    code="LOG704",
    name="nccl-cuda-failure",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"NCCL WARN Cuda failure (?:[0-9]+ )?'(?P<error>[^']+)'"),
        Pattern(r"Cuda failure '(?P<error>[^']+)'"),
    ),
    seen="a CUDA call of NCCL failed: {error}",
    why="NCCL allocates buffers and launches kernels of its own on every GPU. The CUDA error says "
    "what was refused.",
    fix="Free memory on every GPU for NCCL (memory growth, or a memory limit below the full size), "
    "check driver and CUDA versions of all hosts, and compare `nvidia-smi topo -m` with the error.",
    yields_to=("gpu-ecc-error", "gpu-xid", "gpu-lost", "gpu-kernel-fault"),
    candidates=(
        Candidate(cause=Cause.OOM_GPU, check="Is the memory of one of the GPUs full (nvidia-smi)?"),
        Candidate(
            cause=Cause.DRIVER_TOO_OLD,
            check="Is the driver on one of the hosts older than NCCL's CUDA needs?",
        ),
    ),
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html",
    read=_read,
    hits=(
        "h3:55:90 [1] transport/p2p.cc:219 NCCL WARN Cuda failure 'peer mapping resources "
        "exhausted'\nInternal: NCCL: unhandled cuda error. Set NCCL_DEBUG=WARN for detail.",
    ),
    misses=("h3:55:90 [1] NCCL INFO Setting affinity for GPU 1",),
)
