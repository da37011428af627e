"""NCCL is forbidden a fast way between the GPUs."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import then, unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_a100, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity

VARIABLES = ("NCCL_P2P_DISABLE", "NCCL_SHM_DISABLE", "NCCL_IB_DISABLE", "NCCL_NVLS_ENABLE")

SELDOM = {"NCCL_IB_DISABLE", "NCCL_NVLS_ENABLE"}


def _detect(examination: Examination) -> Iterator[Seen]:
    if len(examination.gpus) < 2:
        return
    off = {name: "0" if name.endswith("ENABLE") else "1" for name in VARIABLES}
    told = [name for name, value in off.items() if examination.environ.get(name) == value]
    if told:
        yield Seen(
            # Most machines have neither InfiniBand nor NVLink switches.
            severity=None if set(told) - SELDOM else Severity.INFO,
            seen=", ".join(shown(examination, name) for name in told),
            command=then(*(unset_variable(name) for name in told)),
        )


def _two(**variables: str) -> Examination:
    gpus = (healthy_a100(), healthy_a100())
    return with_environ(changed(healthy_gpu(), "inventory.nvml.gpus", gpus), **variables)


RULE = Rule(
    code="DOC521",
    name="nccl-path-disabled",
    severity=Severity.WARNING,
    why="Gradients are summed over a slower way (through main memory or TCP instead of NVLink, "
    "PCIe peer-to-peer or InfiniBand): training on several GPUs scales badly.",
    fix="Unset them unless they work around a fault of this machine.",
    source="https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html",
    detect=_detect,
    hits=(lambda: _two(NCCL_P2P_DISABLE="1"), lambda: _two(NCCL_NVLS_ENABLE="0")),
    misses=(
        _two,
        lambda: _two(NCCL_P2P_DISABLE="0", NCCL_DEBUG="INFO"),
        lambda: with_environ(healthy_gpu(), NCCL_P2P_DISABLE="1"),
    ),
)
