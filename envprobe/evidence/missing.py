"""Ops that lack a kernel, or a gradient, on a device type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

import msgspec

from envprobe.evidence.dtype_states import (
    HAVE_KERNEL,
    State,
    dtype_attr_in,
    dtype_states,
    state_on,
)
from envprobe.evidence.gradient_view import LackingKernel, lacking_kernels
from envprobe.ops.row import Row
from envprobe.registrations import Registrations

What = Literal["gradient", "kernel"]
WHATS: tuple[What, ...] = get_args(What)
MISSING_DTYPE = "float32"  # where no dtype is asked for
MISSING_DEVICE_TYPES: dict[What, tuple[str, ...]] = {"gradient": ("CPU", "GPU"), "kernel": ("GPU",)}

# lacks_kernels        there is a gradient, and something that it needs has no kernel there
# not_traced           there is a gradient, and what it needs is not known
# not_differentiable   TensorFlow declares that there is none
# no_gradient          nothing is registered
# no_kernel_at_all     the op has a kernel on the CPU and none there, whatever the dtype
# other_dtypes         it has kernels there for other dtypes
# host_memory          its kernel there leaves all data in the host's memory
Gap = Literal[
    "lacks_kernels", "not_traced", "not_differentiable", "no_gradient",
    "no_kernel_at_all", "other_dtypes", "host_memory",
]  # fmt: skip


class MissingOp(msgspec.Struct, frozen=True, kw_only=True):
    """An op and what it lacks: the kernels of its gradient, or one for the dtype.

    `registered_dtypes` are, for a missing kernel, those that have one there.
    """

    op: str
    device_type: str
    gap: Gap
    lacking: tuple[LackingKernel, ...] = ()
    registered_dtypes: tuple[str, ...] = ()


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """The ops that lack something in a dtype on one of the device types.

    `looked_at` says, by device type, of how many ops.
    """

    what: What
    dtype: str
    device_types: tuple[str, ...]
    looked_at: dict[str, int]
    ops: tuple[MissingOp, ...]


def missing_ops(
    what: What,
    registrations: Registrations,
    catalog: Mapping[str, Row],
    ops: Iterable[str],
    device_types: tuple[str, ...],
    dtype: str,
) -> Missing:
    """The gaps of those `ops` that have a kernel: there, or where kernels are meant, on the CPU."""
    found: list[MissingOp] = []
    looked_at = dict.fromkeys(device_types, 0)
    for op in ops:
        attr = dtype_attr_in(registrations, op, catalog.get(op))
        for device_type in device_types:
            place = device_type if what == "gradient" else "CPU"
            if dtype_states(registrations, op, place, attr).get(dtype) not in HAVE_KERNEL:
                continue
            looked_at[device_type] += 1
            if what == "gradient":
                gap = _gradient_gap(registrations, op, device_type, dtype)
            else:
                gap = _kernel_gap(registrations, op, attr, device_type, dtype)
            found += [gap] if gap else []
    return Missing(
        what=what, dtype=dtype, device_types=device_types, looked_at=looked_at, ops=tuple(found)
    )


def _gradient_gap(
    registrations: Registrations, op: str, device_type: str, dtype: str
) -> MissingOp | None:
    gradient = registrations.gradients.get(op)
    if gradient is None:
        return MissingOp(op=op, device_type=device_type, gap="no_gradient")
    if not gradient.differentiable:
        return MissingOp(op=op, device_type=device_type, gap="not_differentiable")
    if gradient.nodes_in(dtype) is None:
        return MissingOp(op=op, device_type=device_type, gap="not_traced")
    lacking = lacking_kernels(registrations, op, device_type, dtype)
    if not lacking:
        return None
    return MissingOp(op=op, device_type=device_type, gap="lacks_kernels", lacking=lacking)


def _kernel_gap(
    registrations: Registrations, op: str, attr: str | None, device_type: str, dtype: str
) -> MissingOp | None:
    states = dtype_states(registrations, op, device_type, attr)
    registered = tuple(name for name, state in states.items() if state in HAVE_KERNEL)
    gap = _gap_of(states.get(dtype, "no_kernel"), state_on(registrations, op, device_type))
    if gap is None:
        return None
    return MissingOp(op=op, device_type=device_type, gap=gap, registered_dtypes=registered)


def _gap_of(state: State, whole: State) -> Gap | None:
    if state == "host_memory":
        return "host_memory"
    if state in HAVE_KERNEL:
        return None
    return "other_dtypes" if whole in HAVE_KERNEL else "no_kernel_at_all"
