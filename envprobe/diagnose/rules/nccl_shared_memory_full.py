"""NCCL got no shared memory: /dev/shm is too small."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG700",
    name="nccl-shared-memory-full",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Error while (?:creating|attaching to) shared memory segment (?P<segment>\S*nccl\S*)"
            r"(?: \(size (?P<asked_bytes>[0-9]+)\))?(?:, error: (?P<error>[^(]+))?"
        ),
        Pattern(
            r"NCCL WARN Call to (?P<call>posix_fallocate|shm_open|ftruncate|fallocate|mmap) "
            r"failed : (?P<error>.+)"
        ),
        Pattern(
            r"failed to extend (?P<segment>/dev/shm/nccl\S*) to (?P<asked_bytes>[0-9]+) bytes"
            r"(?:, error: (?P<error>[^(]+))?"
        ),
        Pattern(r"NCCL WARN.{0,120}(?P<error>No space left on device)"),
        Pattern(r"[Uu]nable to allocate shared memory.{0,80}nccl", anchors=("shared memory",)),
    ),
    seen="NCCL got no shared memory[ of {asked_bytes} bytes][ for {segment}][: {error}]",
    why="GPUs of one machine that cannot reach each other directly exchange data through files in "
    "/dev/shm, about 10 MB for a pair. Docker gives a container 64 MB of it, Kubernetes as well; "
    "files that dead processes left there count too.",
    fix="Give the container more: docker run --shm-size=1g (or --ipc=host); in Kubernetes mount an "
    "emptyDir with medium: Memory at /dev/shm. Look with df -h /dev/shm and delete stale "
    "/dev/shm/nccl-* files. NCCL_SHM_DISABLE=1 goes without it, slower.",
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html#sh"
    "ared-memory",
    hits=(
        "trainer-0:41:97 [2] include/shm.h:28 NCCL WARN Call to posix_fallocate failed : No space "
        "left on device\n2021-03-04 05:06:07.1: W tensorflow/core/framework/op_kernel.cc:1763] "
        "OP_REQUIRES failed at nccl_ops.cc:104 : Internal: NCCL: unhandled system error. Set "
        "NCCL_DEBUG=WARN for detail.",
        "[2024-05-06 07:08:09] pod-3:77:90 [0] misc/shmutils.cc:132 NCCL WARN Error while "
        "creating shared memory segment /dev/shm/nccl-aB3dEf (size 5767168), error: No "
        "space left on device (28)",
    ),
    misses=("OSError: [Errno 28] No space left on device: '/data/checkpoints/ckpt-7'",),
)
