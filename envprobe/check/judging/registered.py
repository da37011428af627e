"""What the kernel registry says of a requirement on a device."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator

from envprobe.check.judgement import Judgement
from envprobe.check.target import Target
from envprobe.evidence.node import dtype_attr_of
from envprobe.evidence.registered import COMPILER_OF
from envprobe.models.oplist import Requirement
from envprobe.ops.catalog import load_catalog
from envprobe.registrations import OpDefinition, Registrations
from envprobe.registrations.lookup import find_kernel
from envprobe.terms import Evidence, Status

_NUMBERS = ("float", "bfloat", "complex", "half", "double")


def judge_registered(requirement: Requirement, target: Target) -> Judgement:
    """Runs or fails as the registry says, unknown where there is none that could tell."""
    registrations = target.registrations
    if registrations is None:
        told = target.registrations_unknown or "its kernel registry is not known"
        return Judgement(requirement, "unknown", Evidence.NONE, reason=told)
    place = place_of(requirement, target)
    if (blind := _cannot_tell(registrations, place)) is not None:
        return Judgement(requirement, "unknown", Evidence.NONE, reason=blind)
    if has_kernel(registrations, requirement, place):
        return Judgement(requirement, "runs", Evidence.REGISTERED)
    if (refused := _refused_by_definition(registrations, requirement)) is not None:
        return Judgement(requirement, "fails", Evidence.REGISTERED, Status.INVALID_DTYPE, refused)
    missing = _missing(registrations, requirement, place)
    return Judgement(requirement, "fails", Evidence.REGISTERED, Status.NO_KERNEL, missing)


def place_of(requirement: Requirement, target: Target) -> str:
    """The device type that kernels for the node are registered under: XLA's where it compiles."""
    device_type = target.device.device_type
    return COMPILER_OF.get(device_type, device_type) if requirement.compiled else device_type


def has_kernel(registrations: Registrations, requirement: Requirement, place: str) -> bool:
    """Whether each type that the node has finds a kernel."""
    definition = registrations.ops.get(requirement.op)
    if definition is None:
        return False
    kernels = registrations.kernels_of(requirement.op)
    constrained = {name for kernel in kernels for name in kernel.constraints}
    return all(
        find_kernel(registrations, requirement.op, place, attrs) is not None
        for attrs in _attrs_of(requirement, definition, constrained)
    )


def carries_numbers(requirement: Requirement) -> bool:
    """Whether floating or complex numbers go through the node.

    One without is host work on every machine (strings, shapes, tables, prints): that no kernel of
    it is on an accelerator costs a model nothing, and nobody could have wanted it there.
    """
    told = [tensor.dtype for tensor in (*requirement.inputs, *requirement.outputs)]
    for value in requirement.dtypes.values():
        told += [value] if isinstance(value, str) else value
    return any(dtype.startswith(_NUMBERS) for dtype in told)


def _cannot_tell(registrations: Registrations, place: str) -> str | None:
    if place in COMPILER_OF.values() and registrations.xla:
        return f"XLA's kernels are not known: {registrations.xla}"
    of_any = registrations.kernels_of("MatMul")
    if of_any and not any(kernel.device_type == place for kernel in of_any):
        return f"this TensorFlow registers no kernels for {place}"
    return None


def _attrs_of(
    requirement: Requirement, definition: OpDefinition, constrained: Collection[str]
) -> Iterator[dict[str, str]]:
    """The node's attributes as kernels are constrained by them, once for each of several types."""
    attrs = {
        name: _spelt(attr.default)
        for name, attr in definition.attrs.items()
        if name in constrained and attr.default is not None
    }
    attrs |= {k: _spelt(v) for k, v in requirement.attrs.items() if k in constrained}
    types = {
        name: (value,) if isinstance(value, str) else tuple(dict.fromkeys(value))
        for name, value in _named_types(requirement, definition)
        if value and name in constrained
    }
    for chosen in itertools.product(*types.values()):
        yield attrs | dict(zip(types, chosen, strict=True))


def _named_types(
    requirement: Requirement, definition: OpDefinition
) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """The node's types; what a list written by hand calls `dtype` has the definition's name."""
    for name, value in requirement.dtypes.items():
        known = name in definition.attrs
        own = name if known else dtype_attr_of(load_catalog().get(requirement.op), definition)
        yield own or name, value


def _spelt(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refused_by_definition(registrations: Registrations, requirement: Requirement) -> str | None:
    """Which type the op's own definition does not allow on any device; None if it allows all."""
    definition = registrations.ops.get(requirement.op)
    if definition is None:
        return None
    for name, value in _named_types(requirement, definition):
        for dtype in (value,) if isinstance(value, str) else value:
            if name in definition.attrs and not definition.allows(name, dtype):
                return f"{requirement.op} does not allow {name}={dtype} on any device"
    return None


def _missing(registrations: Registrations, requirement: Requirement, place: str) -> str:
    release = f"TensorFlow {registrations.tensorflow}"
    if requirement.op not in registrations.ops:
        return f"{release} has no op {requirement.op}"
    types = ", ".join(
        f"{name}={value if isinstance(value, str) else '/'.join(dict.fromkeys(value))}"
        for name, value in requirement.dtypes.items()
    )
    whose = "XLA has no kernel" if requirement.compiled else "no kernel"
    return f"{whose} for {place} registered in {release}" + (f" with {types}" if types else "")
