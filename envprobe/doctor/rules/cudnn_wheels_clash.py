"""Wheels of cuDNN for two CUDA versions are installed into one folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from envprobe.doctor.commands import install, then, uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import cuda_of_build
from envprobe.inventory.distributions import Distribution
from envprobe.terms import Severity

PREFIX = "nvidia-cudnn-cu"


def _detect(examination: Examination) -> Iterator[Seen]:
    by_folder: dict[str, dict[str, Distribution]] = defaultdict(dict)
    for one in examination.inventory.software.packages or ():
        if one.name.startswith(PREFIX):
            by_folder[one.folder][one.name] = one
    for folder, found in by_folder.items():
        if len(found) > 1:
            names = ", ".join(f"{one.name} {one.version}" for one in found.values())
            yield Seen(seen=f"{names} in {folder}", command=_command(examination, found))


def _command(examination: Examination, found: dict[str, Distribution]) -> str | None:
    """Both go and one comes again: each has overwritten files of the other."""
    major = (cuda_of_build(examination) or "").partition(".")[0]
    keep = found.get(f"{PREFIX}{major}")
    if keep is None:
        return None
    return then(
        uninstall(examination, *found), install(examination, f"{keep.name}=={keep.version}")
    )


RULE = Rule(
    code="DOC212",
    name="cudnn-wheels-clash",
    severity=Severity.WARNING,
    why="They unpack into the same folder nvidia/cudnn: which files are there depends on the order "
    "of installation.",
    fix="Uninstall both, then install the one of the CUDA version that TensorFlow was built for.",
    source="https://docs.nvidia.com/deeplearning/cudnn/installation/latest/linux.html",
    detect=_detect,
    hits=(lambda: with_package(healthy_gpu(), "nvidia-cudnn-cu11", "8.9.6.50"),),
    misses=(healthy_gpu, lambda: with_package(healthy_gpu(), "nvidia-cublas-cu11", "11.11.3.6")),
)
