"""Whether a device computes a node in the arithmetic of another dtype."""

from __future__ import annotations

from envprobe.check.target import Target
from envprobe.facts.precision_by_capability import GpuPrecision, precision_on
from envprobe.models.oplist import Requirement


def is_emulated(requirement: Requirement, lacking: frozenset[str]) -> bool:
    """Whether the node computes in one of the dtypes that the device lacks the arithmetic of.

    To move numbers about takes no arithmetic; where the shapes are not known, any op may compute.
    """
    moves = requirement.flops == 0 or requirement.op.startswith("TensorList")
    return not moves and not lacking.isdisjoint(requirement.dtypes.values())


def lacking_on(target: Target) -> frozenset[str]:
    """The floating-point dtypes that a GPU computes by way of float32.

    Empty where nobody knows what the GPU can, and for CPUs: that theirs is slow is no loss of
    what an accelerator would have given.
    """
    capability = target.device.compute_capability
    if target.device.device_type != "GPU" or capability is None:
        return frozenset()
    known = precision_on(capability, target.device.model or "")
    if not isinstance(known, GpuPrecision):
        return frozenset()
    lacking = {"bfloat16": not known.bfloat16, "float16": known.float16_arithmetic == "none"}
    return frozenset(dtype for dtype, lacks in lacking.items() if lacks)
