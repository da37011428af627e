"""The op list as a target runs it: with a GPU, Keras may compile the step with XLA by itself."""

from __future__ import annotations

import msgspec

from envprobe.check.target import Target
from envprobe.models.oplist import OpList


def as_run_there(oplist: OpList, target: Target) -> OpList:
    """The op list with every node compiled where Keras' jit_compile="auto" compiles the step."""
    if not meets_xla_there(oplist, target):
        return oplist
    compiled = tuple(
        msgspec.structs.replace(requirement, compiled=True) for requirement in oplist.requirements
    )
    return msgspec.structs.replace(oplist, jit=True, requirements=compiled)


def meets_xla_there(oplist: OpList, target: Target) -> bool:
    """Whether the step is compiled on this target though the user did not ask for it."""
    return oplist.jit_on_gpu and not oplist.jit and target.device.device_type == "GPU"
