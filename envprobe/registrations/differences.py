"""What two builds register differently, op by op."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from envprobe.registrations.combinations import combinations, merged
from envprobe.registrations.definition import Attribute, OpDefinition
from envprobe.registrations.gradient import Gradient
from envprobe.registrations.kernel import Kernel
from envprobe.registrations.registrations import Registrations

Change = Literal["added", "removed", "changed"]


class KernelChange(msgspec.Struct, frozen=True, kw_only=True):
    """Kernels that only one of the two builds has; `kernel` names no more than what differs."""

    change: Change
    kernel: Kernel


class OpDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an op: itself, its kernels, its definition and gradient, one line each."""

    op: str
    change: Change
    kernels: tuple[KernelChange, ...] = ()
    definition: tuple[str, ...] = ()


def differences(old: Registrations, new: Registrations) -> tuple[OpDifference, ...]:
    """Every op in which `new` differs from `old`, in the order of their names."""
    found = [_difference(op, old, new) for op in sorted(old.ops.keys() | new.ops.keys())]
    return tuple(difference for difference in found if difference)


def _difference(op: str, old: Registrations, new: Registrations) -> OpDifference | None:
    kernels = kernel_changes(old.kernels_of(op), new.kernels_of(op))
    if op not in old.ops or op not in new.ops:
        return OpDifference(op=op, change="added" if op in new.ops else "removed", kernels=kernels)
    lines = (
        *_definition_changes(old.ops[op], new.ops[op]),
        *_gradient_changes(old.gradients.get(op), new.gradients.get(op)),
    )
    if not kernels and not lines:
        return None
    return OpDifference(op=op, change="changed", kernels=kernels, definition=lines)


def kernel_changes(old: Iterable[Kernel], new: Iterable[Kernel]) -> tuple[KernelChange, ...]:
    """The combinations of dtypes (and other values) that only one side has a kernel for."""
    before, after = _by_kind(old), _by_kind(new)
    found = []
    for kind in sorted(before.keys() | after.keys()):
        old_ones, new_ones = before.get(kind, set()), after.get(kind, set())
        more, less = _kernels(kind, new_ones - old_ones), _kernels(kind, old_ones - new_ones)
        found += [KernelChange(change="added", kernel=kernel) for kernel in more]
        found += [KernelChange(change="removed", kernel=kernel) for kernel in less]
    return tuple(found)


Kind = tuple[str, str, int, tuple[str, ...], tuple[str, ...]]


def _by_kind(kernels: Iterable[Kernel]) -> dict[Kind, set[tuple[str, ...]]]:
    found: dict[Kind, set[tuple[str, ...]]] = {}
    for kernel in kernels:
        names = tuple(kernel.constraints)
        kind = (kernel.device_type, kernel.label, kernel.priority, kernel.host_memory, names)
        values = tuple(kernel.constraints.values())
        found.setdefault(kind, set()).update(combinations([values]))
    return found


def _kernels(kind: Kind, allowed: set[tuple[str, ...]]) -> list[Kernel]:
    device_type, label, priority, host_memory, names = kind
    return [
        Kernel(
            device_type=device_type,
            constraints=dict(zip(names, values, strict=True)),
            host_memory=host_memory,
            label=label,
            priority=priority,
        )
        for values in merged(allowed)
    ]


def _definition_changes(old: OpDefinition, new: OpDefinition) -> list[str]:
    lines = []
    for name in [*old.attrs, *(name for name in new.attrs if name not in old.attrs)]:
        if name not in new.attrs:
            lines.append(f"attribute {name} is gone")
        elif name not in old.attrs:
            lines.append(f"attribute {name} is new ({new.attrs[name].type})")
        elif old.attrs[name] != new.attrs[name]:
            lines += _attribute_changes(name, old.attrs[name], new.attrs[name])
    for what, before, after in (
        ("inputs", old.inputs, new.inputs),
        ("outputs", old.outputs, new.outputs),
    ):
        if before != after:
            names = ", ".join(argument.name for argument in after)
            lines.append(f"{what} are now {names or 'none'}")
    if old.deprecated != new.deprecated:
        lines.append(f"deprecated {new.deprecated}" if new.deprecated else "no longer deprecated")
    if old.stateful != new.stateful:
        lines.append("stateful" if new.stateful else "no longer stateful")
    return lines


def _attribute_changes(name: str, old: Attribute, new: Attribute) -> list[str]:
    lines = []
    if old.allowed != new.allowed:
        if old.allowed is None or new.allowed is None:
            now = "anything" if new.allowed is None else ", ".join(new.allowed)
            lines.append(f"{name} now allows {now}")
        else:
            more = [value for value in new.allowed if value not in old.allowed]
            less = [value for value in old.allowed if value not in new.allowed]
            lines += [f"{name} now allows {', '.join(more)}"] if more else []
            lines += [f"{name} no longer allows {', '.join(less)}"] if less else []
    if (old.type, old.default, old.minimum) != (new.type, new.default, new.minimum):
        lines.append(f"{name}: {_shown(old)} became {_shown(new)}")
    return lines


def _shown(attr: Attribute) -> str:
    default = "" if attr.default is None else f" = {attr.default}"
    least = "" if attr.minimum is None else f", at least {attr.minimum}"
    return f"{attr.type}{default}{least}"


def _gradient_changes(old: Gradient | None, new: Gradient | None) -> list[str]:
    before, after = bool(old and old.differentiable), bool(new and new.differentiable)
    if before == after:
        return []
    return ["has a gradient now" if after else "its gradient is gone"]
