"""What a registry holds for each dtype of an op on a device type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from envprobe.evidence.node import dtype_attr_of
from envprobe.ops.row import Row
from envprobe.registrations import Kernel, OpDefinition, Registrations
from envprobe.registrations.kernel import COMPILERS, DEFAULT_DEVICE
from envprobe.registrations.lookup import runs_on_host
from envprobe.terms import DTYPES

# registered   the device type has a kernel of its own
# host_memory  it has one, which leaves all data in the host's memory: the CPU does the work
# default      a kernel that serves every device type takes it
# label        only nodes that ask for a kernel by its label get one
# no_kernel    there is none
# not_allowed  the op's definition does not allow the dtype
# unknown      XLA's kernels could not be listed in this build
State = Literal[
    "registered", "host_memory", "default", "label", "no_kernel", "not_allowed", "unknown"
]
HAVE_KERNEL: tuple[State, ...] = ("registered", "host_memory", "default")
DEVICE_TYPES = ("CPU", "GPU", "XLA_CPU_JIT", "XLA_GPU_JIT")  # those that people ask about


def dtype_attr_in(registrations: Registrations, op: str, row: Row | None) -> str | None:
    """The type attribute that the op's dtype means; None where it has none or is not defined."""
    definition = registrations.ops.get(op)
    if definition is None:
        return None
    attr = dtype_attr_of(row, definition)
    # A row is written for the newest definition; an older one may lack its attribute.
    return attr if attr in definition.attrs else next(iter(definition.type_attrs), None)


def dtype_states(
    registrations: Registrations, op: str, device_type: str, attr: str | None
) -> dict[str, State]:
    """The state of every usual dtype, then of the unusual ones that have a kernel.

    Empty for ops without a dtype (`attr` None).
    """
    definition = registrations.ops.get(op)
    if definition is None or attr is None:
        return {}
    found: dict[str, State] = {}
    for kernel in serving(registrations, op, device_type):
        state = state_of(kernel, device_type, definition)
        for dtype in kernel.constraints.get(attr, DTYPES):
            found.setdefault(dtype, state)
    unusual = sorted(dtype for dtype in found if dtype not in DTYPES)
    missing: State = "unknown" if _is_unknown(registrations, device_type) else "no_kernel"
    return {
        dtype: found.get(dtype, missing) if definition.allows(attr, dtype) else "not_allowed"
        for dtype in (*DTYPES, *(d for d in unusual if definition.allows(attr, d)))
    }


def state_on(registrations: Registrations, op: str, device_type: str) -> State:
    """The state of the op as a whole: that of the first kernel that would be considered."""
    kernels = serving(registrations, op, device_type)
    if kernels:
        return state_of(kernels[0], device_type, registrations.ops[op])
    return "unknown" if _is_unknown(registrations, device_type) else "no_kernel"


def serving(registrations: Registrations, op: str, device_type: str) -> Sequence[Kernel]:
    """The kernels for a device type, in the order in which TensorFlow prefers them."""
    definition = registrations.ops.get(op)
    kernels = [
        kernel
        for kernel in registrations.kernels_of(op)
        if kernel.serves(device_type)
        # TensorFlow refuses every node where a kernel constrains what the op does not have.
        and (definition is None or kernel.constraints.keys() <= definition.attrs.keys())
    ]
    return sorted(
        kernels,
        key=lambda kernel: (
            bool(kernel.label),
            kernel.device_type == DEFAULT_DEVICE,
            -kernel.priority,
        ),
    )


def state_of(kernel: Kernel, device_type: str, definition: OpDefinition) -> State:
    """What it means for the device type that this kernel takes a node."""
    if kernel.label:
        return "label"
    # Host memory is a CPU's own memory, and XLA compiles for it like for any other.
    elsewhere = device_type != "CPU" and device_type not in COMPILERS
    if elsewhere and runs_on_host(kernel, definition):
        return "host_memory"
    return "default" if kernel.device_type == DEFAULT_DEVICE else "registered"


def _is_unknown(registrations: Registrations, device_type: str) -> bool:
    return registrations.xla is not None and device_type in COMPILERS
