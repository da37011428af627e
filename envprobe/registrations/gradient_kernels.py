"""Whether an op can be differentiated on a device: its gradient, and the kernels that it needs."""

from __future__ import annotations

import msgspec

from envprobe.registrations.gradient import GradientNode
from envprobe.registrations.lookup import find_kernel
from envprobe.registrations.registrations import Registrations


class GradientGap(msgspec.Struct, frozen=True, kw_only=True):
    """Why the gradient of an op is missing in a dtype on a device type.

    `lacking` are the nodes that the gradient needs and that have no kernel there; empty where
    there is no gradient at all.
    """

    reason: str
    lacking: tuple[GradientNode, ...] = ()


def gradient_gap(
    registrations: Registrations, op: str, device_type: str, dtype: str
) -> GradientGap | None:
    """What stands between an op and its gradient; None where nothing that is known does.

    Says nothing about the op's own kernel.
    """
    gradient = registrations.gradients.get(op)
    if gradient is None:
        return GradientGap(reason="TensorFlow has no gradient for it")
    if not gradient.differentiable:
        return GradientGap(reason="TensorFlow declares it not differentiable")
    lacking = tuple(
        node
        for node in gradient.nodes_in(dtype) or ()
        if find_kernel(registrations, node.op, node.device_type or device_type, node.types) is None
    )
    if not lacking:
        return None
    names = list(dict.fromkeys(node.op for node in lacking))
    have = "has" if len(names) == 1 else "have"
    reason = f"its gradient uses {', '.join(names)}, which {have} no kernel there"
    return GradientGap(reason=reason, lacking=lacking)
