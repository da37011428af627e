"""The shared memory folder is as small as Docker makes it, or smaller."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import is_container
from envprobe.terms import Severity

MIB = 1 << 20
SMALL_BYTES = 64 * MIB  # Docker's default


def _detect(examination: Examination) -> Iterator[Seen]:
    size = examination.inventory.host.limits.shm_total_bytes
    if size is not None and size <= SMALL_BYTES:
        container = is_container(examination)
        remount = as_root("mount -o remount,size=8G /dev/shm")
        yield Seen(
            # TensorFlow itself uses it only between GPUs.
            severity=None if len(examination.gpus) > 1 else Severity.INFO,
            seen=f"the shared memory folder (/dev/shm) holds {size // MIB} MiB",
            fix=None if container else "Mount /dev/shm anew with a larger size.",
            command=None if container else remount,
        )


def _small(size: int | None = SMALL_BYTES, container: str = "docker") -> Examination:
    machine = changed(healthy_cpu(), "inventory.host.limits.shm_total_bytes", size)
    return changed(machine, "inventory.host.surroundings.container", container)


RULE = Rule(
    code="DOC304",
    name="shared-memory-small",
    severity=Severity.WARNING,
    why="NCCL between GPUs and data loaders with worker processes exchange data there; when it is "
    "full they fail or die with a bus error (64 MiB is Docker's default).",
    fix="Start the container with --shm-size=8g or --ipc=host.",
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html",
    detect=_detect,
    hits=(_small, lambda: _small(container="none")),
    misses=(healthy_cpu, lambda: _small(None), lambda: _small(SMALL_BYTES * 2)),
)
