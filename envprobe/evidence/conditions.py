"""What a kernel asks of a node beside its dtype."""

from __future__ import annotations

from collections.abc import Iterable

from envprobe.evidence.dtype_states import serving
from envprobe.registrations import Kernel, OpDefinition, Registrations
from envprobe.registrations.combinations import combinations, merged

# One way to satisfy the kernels: attribute -> the values that it may have.
Needs = dict[str, tuple[str, ...]]


def conditions(
    registrations: Registrations, op: str, device_type: str, attr: str, dtypes: Iterable[str]
) -> list[tuple[tuple[str, ...], tuple[Needs, ...]]]:
    """The dtypes whose kernels want more than the dtype, with the ways to satisfy them.

    An attribute that may have all that the definition allows is no condition.
    """
    definition = registrations.ops[op]
    kernels = [k for k in serving(registrations, op, device_type) if not k.label]
    together: dict[tuple[tuple[tuple[str, tuple[str, ...]], ...], ...], list[str]] = {}
    for dtype in dtypes:
        ways = _ways([k for k in kernels if k.takes({attr: dtype})], attr, definition)
        if ways:
            key = tuple(tuple(way.items()) for way in ways)
            together.setdefault(key, []).append(dtype)
    return [(tuple(those), tuple(dict(way) for way in ways)) for ways, those in together.items()]


def _ways(kernels: list[Kernel], attr: str, definition: OpDefinition) -> list[Needs]:
    """Empty where one of the kernels takes the dtype whatever the other attributes are."""
    by_names: dict[tuple[str, ...], list[tuple[tuple[str, ...], ...]]] = {}
    for kernel in kernels:
        others = {name: values for name, values in kernel.constraints.items() if name != attr}
        by_names.setdefault(tuple(others), []).append(tuple(others.values()))
    ways = [
        _restricting(dict(zip(names, row, strict=True)), definition)
        for names, rows in by_names.items()
        for row in merged(combinations(rows))
    ]
    return ways if all(ways) else []


def _restricting(needs: Needs, definition: OpDefinition) -> Needs:
    found = {}
    for name, values in needs.items():
        attribute = definition.attrs.get(name)
        allowed = attribute.allowed if attribute else None
        if allowed is None or not set(allowed) <= set(values):
            found[name] = values
    return found
