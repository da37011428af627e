"""This process may open few files at once."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

FEW = 1024  # the usual soft limit
ENOUGH = 65536


def _detect(examination: Examination) -> Iterator[Seen]:
    limits = examination.inventory.host.limits
    if limits.open_files is not None and limits.open_files < FEW:
        hard = limits.open_files_hard
        possible = ENOUGH if hard is None else min(ENOUGH, hard)
        raises = possible > limits.open_files
        yield Seen(
            seen=f"at most {limits.open_files} open files",
            command=f"ulimit -n {possible}" if raises else None,
        )


def _few(count: int | None, hard: int | None = 4096) -> Examination:
    machine = changed(healthy_cpu(), "inventory.host.limits.open_files", count)
    return changed(machine, "inventory.host.limits.open_files_hard", hard)


RULE = Rule(
    code="DOC305",
    name="open-files-few",
    severity=Severity.WARNING,
    why="tf.data with many shards and collectives open hundreds of files and sockets.",
    fix="Raise the limit (for a container: --ulimit nofile=65536); above the hard limit an "
    "administrator must.",
    source="https://man7.org/linux/man-pages/man2/getrlimit.2.html",
    detect=_detect,
    hits=(lambda: _few(256), lambda: _few(256, 256)),
    misses=(healthy_cpu, lambda: _few(1024), lambda: _few(None)),
)
