"""For which dtypes and devices TensorFlow registered kernels of an op."""

from __future__ import annotations

from envprobe.check.described import dtype_of
from envprobe.check.target import Target
from envprobe.models.oplist import Requirement
from envprobe.registrations.kernel import COMPILERS, DEFAULT_DEVICE
from envprobe.terms import DTYPES

_DEVICES = ("CPU", "GPU", "TPU")


def dtypes_with_kernel(requirement: Requirement, target: Target, device_type: str) -> list[str]:
    """Those that the device type has a kernel for; empty where none is registered, or known."""
    attr = _dtype_attr(requirement, target)
    if target.registrations is None or attr is None:
        return []
    found = {
        dtype
        for kernel in target.registrations.kernels_of(requirement.op)
        if kernel.serves(device_type) and not kernel.label
        for dtype in kernel.constraints.get(attr, ())
    }
    return [dtype for dtype in DTYPES if dtype in found]


def devices_with_kernel(requirement: Requirement, target: Target) -> list[str]:
    """The device types, compilers left out, that have a kernel for its very dtype."""
    attr, dtype = _dtype_attr(requirement, target), dtype_of(requirement)
    if target.registrations is None:
        return []
    attrs = {attr: dtype} if attr and dtype else {}
    found = {
        kernel.device_type
        for kernel in target.registrations.kernels_of(requirement.op)
        if kernel.takes(attrs) and not kernel.label and kernel.device_type not in COMPILERS
    }
    return [name for name in _DEVICES if name in found or DEFAULT_DEVICE in found]


def _dtype_attr(requirement: Requirement, target: Target) -> str | None:
    """The attribute that holds the dtype of the node, whatever its list calls it."""
    known = target.registrations
    definition = known.ops.get(requirement.op) if known is not None else None
    if definition is None:
        return None
    dtype = dtype_of(requirement)
    held = (name for name, types in requirement.dtypes.items() if types == dtype)
    return next((name for name in held if name in definition.type_attrs), definition.dtype_attr)
