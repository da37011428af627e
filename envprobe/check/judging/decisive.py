"""What decides whether two nodes of an op ask the same of a kernel."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

from envprobe.check.judging.asked import Asked, asked_of_cell
from envprobe.check.judging.traits import traits_of
from envprobe.facts.kernel_refusals import refusable_traits
from envprobe.ops.catalog import load_catalog, variants_of
from envprobe.registrations import OpDefinition
from envprobe.terms import DTYPES

# Numbers: they decide only where a kernel is known to have a limit.
_NUMBERS = frozenset({"rank", "index-depth", "block-sizes", "broadcast-rank"})
# Told by traits, or by every kernel computed alike whatever they are.
_NOT_DECIDING = frozenset({"data_format", "padding", "equation"})


class Decisive(NamedTuple):
    """What decides about an op: traits above some number, and attributes by their value."""

    traits: tuple[tuple[str, int], ...]
    attrs: tuple[str, ...]


@functools.cache
def decisive_of(op: str) -> Decisive:
    """What the variants of its row differ in, and what kernels of it are known to refuse."""
    limits = [(row.trait, row.above) for row in refusable_traits(op)]
    row = load_catalog().get(op)
    if row is None or row.composite:
        return Decisive(tuple(dict.fromkeys(limits)), ())
    asked = [asked_of_cell(op, variant, DTYPES[0]) for variant in variants_of(row)]
    traits = [traits_of(one) for one in asked]
    varied = [
        (name, 0)
        for name in dict.fromkeys(name for one in traits for name in one)
        if name not in _NUMBERS and len({name in one for one in traits}) > 1
    ]
    attrs = tuple(name for name in _scalars(asked) if len({_plain(o, name) for o in asked}) > 1)
    return Decisive(tuple(dict.fromkeys((*limits, *varied))), attrs)


def _scalars(asked: list[Asked]) -> Iterator[str]:
    names = dict.fromkeys(name for one in asked for name in one.attrs)
    for name in names:
        values = [one.attrs[name] for one in asked if name in one.attrs]
        types = {value for value in values if isinstance(value, str)} & set(DTYPES)
        if name not in _NOT_DECIDING and not types and not isinstance(values[0], list):
            yield name


def _plain(asked: Asked, name: str) -> Any:
    """A value; what is off, empty or 0 is like what is not given, and any other number like 1."""
    value = asked.attrs.get(name)
    return (value if isinstance(value, str) else True) if value else None


def signature_of(asked: Asked, decisive: Decisive) -> tuple[Any, ...]:
    """Equal for nodes of an op that do not differ in what decides."""
    traits = traits_of(asked) if decisive.traits else {}
    return (
        *(traits.get(name, 0) > above for name, above in decisive.traits),
        *(_plain(asked, name) for name in decisive.attrs),
    )


def switches_differ(asked: Asked, other: Asked, definition: OpDefinition | None) -> bool:
    """Whether two nodes differ in a truth value or a word that no variant of the row varies.

    That one of them runs is good news for the other all the same; that it fails proves nothing.
    """
    names = {**asked.attrs, **other.attrs}.keys() - _NOT_DECIDING
    return any(
        isinstance(mine, bool | str) and mine not in DTYPES and mine != theirs
        for mine, theirs in (_given(name, asked, other, definition) for name in names)
        if theirs is not None
    )


def _given(name: str, asked: Asked, other: Asked, definition: OpDefinition | None) -> list[Any]:
    known = definition.attrs.get(name) if definition else None
    default = known.default if known else None
    return [node.attrs.get(name, default) for node in (asked, other)]
