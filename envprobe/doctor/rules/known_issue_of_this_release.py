"""An established issue of the installed release applies to this machine."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    healthy_cpu,
    healthy_gpu,
    with_package,
    with_release,
    with_tensorflow_version,
    without_start,
)
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._bounds import outside
from envprobe.doctor.rules._build import from_conda, runs_cuda
from envprobe.doctor.rules._issues import (
    evidence,
    grade,
    lists_gpu,
    printed,
    remedy_command,
)
from envprobe.doctor.rules._situation import situations_of
from envprobe.facts.known_issues import KnownIssue, known_issues_for
from envprobe.inventory.distributions import normalised
from envprobe.terms import Severity

# Issues that have a rule of their own, by the beginning of their names.
TOLD = (
    "addons-need-keras-2",  # DOC281
    "and-cuda-needs-tensorrt",  # of the installation alone: what is installed has passed it
    "bfloat16-cast-before-ampere",  # DOC4xx
    "blackwell-",  # DOC257, DOC258, DOC262
    "cudnn-without-volta",  # DOC262
    "driver-older-than-cuda",  # DOC250
    "driver-without-",  # DOC260
    "glibc-too-old-2-",  # DOC285
    "gpu-too-old-",  # DOC254
    "hopper-compiles-",  # DOC255, DOC256
    "keras-3-mixed-float16",  # DOC4xx
    "keras-nightly-beside-keras",  # DOC280
    "macos-intel-ended",  # of the installation alone
    "metal-plugin-too-old",  # DOC287
    "pytorch-pins-other",  # DOC268
    "tensorrt-warning",  # DOC269
    "tf32-on-by-default",  # DOC4xx
    "windows-without-gpu",  # DOC286
)
BOUNDED = {"numpy", "protobuf", "h5py", "ml-dtypes", "typing-extensions", "keras"}


def _detect(examination: Examination) -> Iterator[Seen]:
    found: dict[str, KnownIssue] = {}
    for situation in situations_of(examination):
        found.update({one.name: one for one in known_issues_for(situation)})
    for issue in found.values():
        if issue.name.startswith(TOLD) or issue.when or not issue.applies.tensorflow:
            continue
        if issue.harmless and not (issue.applies.packages or runs_cuda(examination)):
            continue  # messages of CUDA builds
        if issue.applies.extra and lists_gpu(examination):
            continue  # the libraries that the extra brought do open
        if issue.applies.packages and _is_anothers_build(examination):
            continue
        bounded = {*map(normalised, issue.applies.packages)} & BOUNDED
        if any(outside(examination, name) for name in bounded):
            continue  # the rule of that package's bounds tells it
        yield Seen(
            seen=f"{issue.name}: {evidence(issue, examination)}",
            severity=grade(issue, examination),
            why=issue.cause + printed(issue),
            fix=issue.remedy or "Nothing has to be done.",
            command=remedy_command(issue, examination),
        )


def _is_anothers_build(examination: Examination) -> bool:
    """A vendor's or conda's: compiled for other packages than the wheel of that version."""
    version = examination.tensorflow
    return bool(version and version.local) or from_conda(examination)


RULE = Rule(
    code="DOC289",
    name="known-issue-of-this-release",
    severity=Severity.WARNING,
    why="It has been seen, read in the published files, or documented by the makers.",
    fix="See the issue's own remedy.",
    source="kernels_matrix/facts/known_issues.json",
    detect=_detect,
    hits=(
        lambda: with_package(with_tensorflow_version(healthy_cpu(), "2.15.1"), "wrapt", "1.16.0"),
        lambda: without_start(with_tensorflow_version(healthy_cpu(), "2.9.3")),
        lambda: without_start(with_release(healthy_gpu(), "2.16.1")),
    ),
    misses=(
        healthy_cpu,
        healthy_gpu,
        lambda: with_release(healthy_gpu(), "2.21.0"),
        lambda: with_package(healthy_cpu(), "wrapt", "1.16.0"),
        lambda: with_package(without_start(healthy_cpu()), "protobuf", "5.28.3"),
    ),
)
