"""The installed TensorFlow is no published release that the tables know."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_tensorflow_version
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import release_of, runs_cuda
from envprobe.doctor.rules._gpu_code import is_official
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    release = release_of(examination)
    if examination.tensorflow is None or not isinstance(release, Unknown):
        return
    software = examination.inventory.software
    code = ""
    if runs_cuda(examination) and not is_official(examination):
        stated = software.build.cuda_compute_capabilities if software.build else None
        if software.gpu_code:
            targets = sorted({t for group in software.gpu_code for t in group.sass})
            code = f"; machine code read from its library: {', '.join(targets)}"
        elif stated:
            code = f"; the build states {', '.join(stated)}"
        else:
            code = f"; its GPU code: unknown, {software.unknown.get('gpu_code', 'not read')}"
    yield Seen(seen=f"unknown, because {release.reason}{code}")


RULE = Rule(
    code="DOC283",
    name="build-unknown-to-tables",
    severity=Severity.INFO,
    why="What such a build asks of Python, of packages and of cuDNN is taken from its own metadata "
    "alone; known issues of the release, and the bounds that it does not state, are not told.",
    fix=None,
    source="kernels_matrix/facts/tensorflow_releases.csv",
    detect=_detect,
    hits=(
        lambda: with_tensorflow_version(healthy_cpu(), "2.21.0.dev20260309"),
        lambda: with_tensorflow_version(healthy_gpu(), "2.17.0+nv25.2"),
    ),
    misses=(healthy_cpu, lambda: with_tensorflow_version(healthy_cpu(), "2.15.1")),
)
