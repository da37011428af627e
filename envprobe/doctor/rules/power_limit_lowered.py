"""Somebody has set the GPU's power limit below its own."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import NVML_QUERIES, smi, who, with_gpu
from envprobe.terms import Severity

# The limit is settable by milliwatts; less than this is rounding.
LEAST_WATTS = 1.0


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        limit, usual = gpu.power_limit_watts, gpu.power_limit_default_watts
        if limit is not None and usual is not None and limit < usual - LEAST_WATTS:
            yield Seen(
                seen=f"{who(gpu)}: power limit of {limit:g} W where {usual:g} W are its default",
                command=smi(examination, gpu, f"-pl {usual:g}"),
            )


RULE = Rule(
    code="DOC132",
    name="power-limit-lowered",
    severity=Severity.INFO,
    why="Under load the clocks stay lower than the model's published speed supposes.",
    fix="It is often meant so (quiet or crowded machines). Else set it back with nvidia-smi -pl, "
    "as root; in a container, on the host.",
    source=NVML_QUERIES,
    detect=_detect,
    hits=(lambda: with_gpu(power_limit_watts=250.0, power_limit_default_watts=400.0),),
    misses=(
        healthy_gpu,
        lambda: with_gpu(power_limit_watts=250.0, power_limit_default_watts=None),
        lambda: with_gpu(power_limit_watts=450.0, power_limit_default_watts=400.0),
    ),
)
