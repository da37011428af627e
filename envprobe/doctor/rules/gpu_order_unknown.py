"""The GPUs are unlike, and CUDA numbers them by its own idea of speed."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import with_gpus
from envprobe.doctor.rules._visible import CUDA_VARIABLES, visibility
from envprobe.inventory.cuda_visible import ORDER, VARIABLE
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    seen = visibility(examination)
    # A GPU that does not tell its model has a graver fault, which another rule tells.
    told = all(gpu.name and gpu.compute_capability for gpu in examination.gpus)
    if seen.targets is None and examination.gpus and told:
        yield Seen(
            # Without numbers in the variable only reports are read wrongly.
            severity=None if VARIABLE in examination.environ else Severity.INFO,
            seen=next(iter(seen.hidden.values()), f"{ORDER} is not set"),
            command=set_variable(ORDER, "PCI_BUS_ID"),
        )


def _unlike() -> Examination:
    return with_gpus({}, {"name": "Tesla T4", "compute_capability": "7.5"})


RULE = Rule(
    code="DOC114",
    name="gpu-order-unknown",
    severity=Severity.WARNING,
    why="nvidia-smi counts by the bus, CUDA by its own idea of speed: index 0 may be two different "
    "GPUs.",
    fix=f"Set {ORDER}=PCI_BUS_ID, or name GPUs by UUID.",
    source=CUDA_VARIABLES,
    detect=_detect,
    hits=(_unlike, lambda: with_environ(_unlike(), CUDA_VISIBLE_DEVICES="0")),
    misses=(
        healthy_gpu,
        lambda: with_gpus({}, {}),
        lambda: with_environ(_unlike(), CUDA_DEVICE_ORDER="PCI_BUS_ID"),
        lambda: with_gpus({}, {"name": None, "compute_capability": None}),
    ),
)
