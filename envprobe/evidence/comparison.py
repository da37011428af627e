"""What two releases register differently, within the ops and kernels that are asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from envprobe.evidence.op_view import KernelView, Scope, kernel_view
from envprobe.registrations import Kernel, Registrations
from envprobe.registrations.differences import (
    Change,
    KernelChange,
    OpDifference,
    differences,
)


class KernelDifference(msgspec.Struct, frozen=True, kw_only=True):
    """Kernels that one of the two has alone."""

    change: Change
    kernel: KernelView


class ComparedOp(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an op; `definition` has a line for each change of it and of its gradient."""

    op: str
    change: Change
    kernels: tuple[KernelDifference, ...]
    definition: tuple[str, ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All differences of two releases, with the versions that were asked for.

    Kernels are counted once for each device type and dtype that they take.
    """

    old: str
    new: str
    asked_old: str
    asked_new: str
    ops_added: int
    ops_removed: int
    ops_changed: int
    kernels_added: int
    kernels_removed: int
    ops: tuple[ComparedOp, ...]


def compared_ops(
    old: Registrations, new: Registrations, holds: Callable[[str], bool], scope: Scope | None
) -> tuple[ComparedOp, ...]:
    """The differing ops whose names `holds`; with a scope, only what concerns its kernels."""
    found = (_within(d, scope) for d in differences(old, new) if holds(d.op))
    return tuple(op for op in found if op)


def _within(difference: OpDifference, scope: Scope | None) -> ComparedOp | None:
    if scope is None:
        return _compared(difference, difference.kernels, difference.definition)
    kernels = [
        KernelChange(change=change.change, kernel=kernel)
        for change in difference.kernels
        if (kernel := _narrowed(change.kernel, scope)) is not None
    ]
    return _compared(difference, kernels, ()) if kernels else None


def _narrowed(kernel: Kernel, scope: Scope) -> Kernel | None:
    """The kernel, of the dtypes only the one that is asked for; None when it is out of scope."""
    if not any(kernel.serves(device_type) for device_type in scope.device_types):
        return None
    if scope.dtype is None:
        return kernel
    naming = [name for name, values in kernel.constraints.items() if scope.dtype in values]
    if not naming:
        return None
    if len(naming) > 1:  # a conversion, say: it concerns the dtype either way
        return kernel
    constraints = {**kernel.constraints, naming[0]: (scope.dtype,)}
    return msgspec.structs.replace(kernel, constraints=constraints)


def _compared(
    difference: OpDifference, kernels: Iterable[KernelChange], definition: tuple[str, ...]
) -> ComparedOp:
    return ComparedOp(
        op=difference.op,
        change=difference.change,
        kernels=tuple(
            KernelDifference(change=one.change, kernel=kernel_view(one.kernel)) for one in kernels
        ),
        definition=definition,
    )


def comparison(
    old: Registrations,
    new: Registrations,
    asked: tuple[str, str],
    holds: Callable[[str], bool],
    scope: Scope | None = None,
) -> Comparison:
    """The differences with their counts first."""
    ops = compared_ops(old, new, holds, scope)
    return Comparison(
        old=old.tensorflow,
        new=new.tensorflow,
        asked_old=asked[0],
        asked_new=asked[1],
        ops_added=sum(1 for op in ops if op.change == "added"),
        ops_removed=sum(1 for op in ops if op.change == "removed"),
        ops_changed=sum(1 for op in ops if op.change == "changed"),
        kernels_added=_kernels(ops, "added"),
        kernels_removed=_kernels(ops, "removed"),
        ops=ops,
    )


def _kernels(ops: Iterable[ComparedOp], change: Change) -> int:
    """How many differ in op, device type and dtype, taken from the constraint that varies most."""
    return len(
        {
            (op.op, difference.kernel.device_type, dtype)
            for op in ops
            for difference in op.kernels
            if difference.change == change
            for dtype in max(difference.kernel.constraints.values(), key=len, default=("",))
        }
    )
