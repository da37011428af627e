"""What the registry says of an op's gradient."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from envprobe.evidence.dtype_states import HAVE_KERNEL, State
from envprobe.registrations import Registrations
from envprobe.registrations.gradient_kernels import gradient_gap


class LackingKernel(msgspec.Struct, frozen=True, kw_only=True):
    """A node that the gradient needs and that has no kernel.

    `device_type` is where it would have to run, which the gradient itself may decide.
    """

    op: str
    types: dict[str, str]
    device_type: str


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Where the gradient of an op needs kernels that are not there.

    Told on every device type that has a kernel of the op to differentiate, also for the dtypes
    that have none.
    `lacking` are the ops without a kernel, `nodes` say in which types.
    """

    device_types: tuple[str, ...]
    dtypes: tuple[str, ...]
    lacking: tuple[str, ...]
    nodes: tuple[LackingKernel, ...]


class GradientView(msgspec.Struct, frozen=True, kw_only=True):
    """The gradient function, or the declaration that there is none, or neither.

    `known_in` are the dtypes in which the function was traced, so that what it needs is known;
    `unknown` says why it was not. `gaps` are only looked for in these dtypes.
    """

    registered: bool
    differentiable: bool
    known_in: tuple[str, ...]
    unknown: str | None
    gaps: tuple[Gap, ...]


def gradient_view(
    registrations: Registrations, op: str, states: Mapping[str, Mapping[str, State]]
) -> GradientView:
    """The gradient of an op and its gaps on the device types and in the dtypes of `states`."""
    gradient = registrations.gradients.get(op)
    if gradient is None:
        return GradientView(
            registered=False, differentiable=False, known_in=(), unknown=None, gaps=()
        )
    known_in = tuple(dtype for group in gradient.uses for dtype in group.dtypes)
    return GradientView(
        registered=True,
        differentiable=gradient.differentiable,
        known_in=known_in,
        unknown=gradient.unknown,
        gaps=_gaps(registrations, op, states, known_in) if gradient.differentiable else (),
    )


def lacking_kernels(
    registrations: Registrations, op: str, device_type: str, dtype: str
) -> tuple[LackingKernel, ...]:
    """The nodes of the op's gradient that have no kernel."""
    gap = gradient_gap(registrations, op, device_type, dtype)
    return tuple(
        LackingKernel(op=node.op, types=node.types, device_type=node.device_type or device_type)
        for node in (gap.lacking if gap else ())
    )


def _gaps(
    registrations: Registrations,
    op: str,
    states: Mapping[str, Mapping[str, State]],
    known_in: tuple[str, ...],
) -> tuple[Gap, ...]:
    by_lacking: dict[tuple[str, tuple[str, ...]], dict[str, tuple[LackingKernel, ...]]] = {}
    for device_type, dtypes in states.items():
        if not any(dtypes.get(dtype) in HAVE_KERNEL for dtype in known_in):
            continue  # nothing there could be differentiated anyway
        for dtype, state in dtypes.items():
            if state == "not_allowed" or dtype not in known_in:
                continue
            if nodes := lacking_kernels(registrations, op, device_type, dtype):
                names = tuple(dict.fromkeys(node.op for node in nodes))
                by_lacking.setdefault((device_type, names), {})[dtype] = nodes
    together: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (device_type, names), by_dtype in by_lacking.items():
        together.setdefault((names, tuple(by_dtype)), []).append(device_type)
    return tuple(
        Gap(
            device_types=tuple(device_types),
            dtypes=dtypes,
            lacking=names,
            nodes=tuple(
                node
                for device_type in device_types
                for those in by_lacking[device_type, names].values()
                for node in those
            ),
        )
        for (names, dtypes), device_types in together.items()
    )
