"""NVIDIA's wheels of two major versions of CUDA are installed beside each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from envprobe.doctor.commands import uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import computes_on_gpu, cuda_of_build
from envprobe.doctor.rules._pins import required_wheels
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    wanted = (cuda_of_build(examination) or "").partition(".")[0]
    if not (wanted and computes_on_gpu(examination)):
        return
    packages = examination.inventory.software.packages or ()
    asked = {wheel for one in packages if one.role == "framework" for wheel in required_wheels(one)}
    for folder, every in _others(examination, wanted).items():
        names = [name for name in every if name not in asked]
        if not names:
            continue  # another framework needs them
        yield Seen(
            seen=f"TensorFlow {examination.tensorflow} was built with CUDA {wanted}, and "
            f"{', '.join(names)} lie in {folder}, too",
            command=uninstall(examination, *names),
        )


def _others(examination: Examination, wanted: str) -> dict[str, list[str]]:
    """Folder -> wheels of another CUDA there, where some of the wanted one lie there as well.

    cuDNN's are left out: their files overwrite each other, which cudnn-wheels-clash tells.
    """
    others, right = defaultdict(list), set()
    for package in examination.inventory.software.packages or ():
        match = re.fullmatch(r"nvidia-(.+)-cu(\d+)", package.name)
        if match and match[2] == wanted:
            right.add(package.folder)
        elif match and match[1] != "cudnn":
            others[package.folder].append(package.name)
    return {folder: names for folder, names in others.items() if folder in right}


RULE = Rule(
    code="DOC266",
    name="nvidia-wheels-of-two-cudas",
    severity=Severity.INFO,
    why="TensorFlow takes those of its own CUDA by their names. The others take up gigabytes, and "
    "tools that look for the first CUDA they find (XLA's ptxas, an op of your own) may take them.",
    fix="Uninstall those of the other CUDA, unless something in this environment needs them.",
    source="https://docs.nvidia.com/cuda/cuda-installation-guide-linux/#pip-wheels",
    detect=_detect,
    hits=(
        lambda: with_package(
            with_package(healthy_gpu(), "nvidia-cublas-cu11", "11.11.3.6"),
            "nvidia-cuda-runtime-cu11",
            "11.8.89",
        ),
    ),
    misses=(
        healthy_gpu,
        lambda: with_package(healthy_gpu(), "nvidia-cudnn-cu11", "8.6.0.163"),
    ),
)
