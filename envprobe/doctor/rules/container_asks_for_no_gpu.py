"""NVIDIA_VISIBLE_DEVICES tells the container runtime to pass no GPU on."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import (
    TOOLKIT_GUIDE,
    bound_to,
    container,
    cut_off,
    gpu_nodes,
    inside,
    wants_no_gpu,
)
from envprobe.terms import Severity

VARIABLE = "NVIDIA_VISIBLE_DEVICES"


def asks_for_none(examination: Examination) -> bool:
    """Whether the variable is set to one of the values that mean no GPU."""
    return examination.environ.get(VARIABLE, "all").strip() in ("", "void", "none")


def _detect(examination: Examination) -> Iterator[Seen]:
    module = examination.inventory.nvml.kernel_module_version
    has_gpu = bool(bound_to(examination, "nvidia")) or module is not None
    if container(examination) is None or not has_gpu or gpu_nodes(examination):
        return
    if asks_for_none(examination):
        yield Seen(
            seen=f"{VARIABLE}={examination.environ[VARIABLE]!r}, and /dev has no nvidia0",
            severity=Severity.INFO if wants_no_gpu(examination) else None,
        )


def _void(value: str) -> Examination:
    return with_environ(inside(cut_off()), NVIDIA_VISIBLE_DEVICES=value)


RULE = Rule(
    code="DOC145",
    name="container-asks-for-no-gpu",
    severity=Severity.ERROR,
    why="With void, none or an empty value the runtime gives the container no GPU, as if it were "
    "an ordinary one. Kubernetes' device plugin writes void into pods that ask for no GPU.",
    fix="Start it with --gpus all or -e NVIDIA_VISIBLE_DEVICES=all; in Kubernetes ask for "
    "nvidia.com/gpu in the pod's limits.",
    source=TOOLKIT_GUIDE,
    detect=_detect,
    hits=(lambda: _void("void"), lambda: _void("none")),
    misses=(healthy_gpu, lambda: _void("all"), lambda: _void("0")),
)
