"""The shared memory of the container (/dev/shm) is too small for the workers that load data."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._memory import IN_SHARED_MEMORY
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    near = f"{sighting.before[-1500:]}\n{sighting.text[:600]}"
    shared = compiled(IN_SHARED_MEMORY).search(near)
    nccl = "nccl" in near.lower()
    return Reading() if shared and not nccl else None


RULE = Rule(
    code="LOG243",
    name="shared-memory-too-small",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"[Nn]o space left on device", anchors=("o space left on device",)),
        Pattern(r"insufficient shared memory \(shm\)"),
        Pattern(
            r"unable to (?:open|write|mmap|allocate).{0,80}(?:shared memory|/dev/shm)",
            anchors=("shared memory", "/dev/shm"),  # noqa: S108
        ),
    ),
    seen="The shared memory of this system or container (/dev/shm) is full.",
    why="Worker processes hand their data over through /dev/shm. In a container it has 64 MB "
    "unless told otherwise, and the message calls it a full disk.",
    fix="Start the container with --shm-size=8g or --ipc=host (in Kubernetes: an emptyDir with "
    "medium Memory at /dev/shm), or use threads instead of processes "
    "(use_multiprocessing=False, tf.data).",
    yields_to=("nccl-collective-failure",),
    candidates=(Candidate(cause=Cause.DISK_FULL, check="Does `df -h` show another disk as full?"),),
    source="https://docs.docker.com/engine/containers/run/",
    read=_read,
    hits=(
        '  File "/usr/lib/python3.8/multiprocessing/heap.py", line 77, in __init__\n    '
        "os.ftruncate(self.fd, size)\nOSError: [Errno 28] No space left on device",
    ),
    misses=(
        "OSError: [Errno 28] No space left on device: '/data/run1/model.h5'",
        "NCCL WARN Error while creating shared memory segment /dev/shm/nccl-Ab12Cd : No space left "
        "on device",
    ),
)
