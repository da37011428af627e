"""The Python module pynvml is not installed, so the driver cannot be asked."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._nvml_states import said, with_nvml
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if examination.inventory.nvml.state == "no_binding":
        # It is envprobe's own interpreter that asks NVML, not the examined one.
        command = shlex.join([sys.executable, "-m", "pip", "install", "nvidia-ml-py"])
        yield Seen(seen=said(examination.inventory.nvml), command=command)


RULE = Rule(
    code="DOC102",
    name="nvml-binding-missing",
    severity=Severity.WARNING,
    why="Without it nothing can be told about NVIDIA GPUs, whether there are any or not.",
    fix="Install nvidia-ml-py beside envprobe.",
    source="https://docs.nvidia.com/deploy/nvml-api/",
    detect=_detect,
    hits=(lambda: with_nvml("no_binding", "no module pynvml: No module named 'pynvml'"),),
    misses=(healthy_gpu, lambda: with_nvml("absent", "libnvidia-ml.so.1 cannot be loaded")),
)
