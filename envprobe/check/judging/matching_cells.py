"""Which cells of the catalog ask the same of a kernel as a model's node does."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

from envprobe.check.judging.asked import Asked, asked_by, asked_of_cell
from envprobe.check.judging.decisive import Decisive, decisive_of, signature_of
from envprobe.evidence.node import CELL_DTYPE
from envprobe.models.oplist import Requirement
from envprobe.ops.catalog import inputs_of, load_catalog, variants_of
from envprobe.ops.row import Row
from envprobe.registrations.definition import INDEX_DTYPES
from envprobe.terms import DTYPES, Direction

# What a node gets of a variable; the catalog names the dtype of what the variable holds.
_HANDLE = "resource"


class Match(NamedTuple):
    """A question of the catalog; `exact`: all its types are the node's, those of indices, too."""

    op: str
    variant: str
    dtype: str
    direction: Direction
    exact: bool = True


def matches_of(requirement: Requirement) -> tuple[Match, ...]:
    """The forward cells that measure the node, the most alike first; empty where none does."""
    row = load_catalog().get(requirement.op)
    if row is None or row.composite:
        return ()
    asked = asked_by(requirement)
    decisive = decisive_of(requirement.op)
    wanted = signature_of(asked, decisive)
    found = []
    for variant in variants_of(row):
        if _signature_of_variant(requirement.op, variant) != wanted:
            continue
        dtypes = _dtypes_of(asked, row, variant)
        for dtype in dtypes:
            probe = asked_of_cell(requirement.op, variant, dtype)
            if (agree := _types_agree(asked, probe)) is not None:
                exact = agree and len(dtypes) == 1
                match = Match(requirement.op, variant, dtype, "forward", exact)
                found.append((not exact, _differences(asked, probe), match))
    return tuple(match for *_, match in sorted(found))


def gradient_matches(op: str, requirement: Requirement, dtype: str) -> tuple[Match, ...]:
    """The gradient cells of `op` that ran a node like this backward one."""
    row = load_catalog().get(op)
    if row is None or row.composite or not row.gradient:
        return ()
    asked = asked_by(requirement)
    forward, backward = decisive_of(op), decisive_of(requirement.op)
    decisive = Decisive(
        traits=tuple(dict.fromkeys((*forward.traits, *backward.traits))),
        attrs=tuple(name for name in forward.attrs if name in asked.attrs),
    )
    wanted = signature_of(asked, decisive)
    return tuple(
        Match(op, variant, dtype, "gradient")
        for variant in variants_of(row)
        if signature_of(asked_of_cell(op, variant, dtype), decisive) == wanted
    )


def covering_matches(requirement: Requirement) -> tuple[Match, ...]:
    """The cells of composites that execute the op in the node's dtype, among others."""
    dtypes = [dtype for dtype in requirement.dtypes.values() if isinstance(dtype, str)]
    found = []
    for composite, fixed in _covering().get(requirement.op, ()):
        row = load_catalog()[composite]
        if fixed is not None and fixed not in dtypes:
            continue
        asked = row.dtypes if fixed is not None or not dtypes else dtypes[:1]
        found += [
            Match(composite, variant, dtype, "forward")
            for variant in variants_of(row)
            for dtype in asked
        ]
    return tuple(found)


@functools.cache
def _covering() -> Mapping[str, tuple[tuple[str, str | None], ...]]:
    found: dict[str, tuple[tuple[str, str | None], ...]] = {}
    for name, row in load_catalog().items():
        for covered in row.covers:
            op, _, fixed = covered.partition(" ")
            found[op] = (*found.get(op, ()), (name, fixed or None))
    return found


@functools.cache
def _signature_of_variant(op: str, variant: str) -> tuple[Any, ...]:
    return signature_of(asked_of_cell(op, variant, DTYPES[0]), decisive_of(op))


def _dtypes_of(asked: Asked, row: Row, variant: str) -> tuple[str, ...]:
    """The dtype of the cell that would have the node's dtypes; all, where none tells them apart.

    A list written by hand gives one dtype and no inputs: it is the one that the row varies.
    """
    chosen = variants_of(row)[variant]
    inputs = [
        name
        for name, spec in inputs_of(row, chosen).items()
        if spec.dtype == CELL_DTYPE and spec.values != "variable"
    ]
    attrs = [n for n, value in {**row.attrs, **chosen.attrs}.items() if value == CELL_DTYPE]
    if not inputs and not attrs:
        return row.dtypes if chosen.dtypes is None else chosen.dtypes
    of_inputs = (asked.dtypes[name] for name in inputs if name in asked.dtypes)
    of_attrs = (asked.attrs[name] for name in attrs if isinstance(asked.attrs.get(name), str))
    return (*of_inputs, *of_attrs, *asked.types)[:1]


def _types_agree(asked: Asked, probe: Asked) -> bool | None:
    """True: all types; False: all but those of indices; None: they do not."""
    pairs = [
        *(
            (asked.dtypes[name], dtype)
            for name, dtype in probe.dtypes.items()
            if asked.dtypes.get(name, _HANDLE) != _HANDLE
        ),
        *(
            (asked.attrs[name], value)
            for name, value in probe.attrs.items()
            if isinstance(value, str) and value in DTYPES and isinstance(asked.attrs.get(name), str)
        ),
    ]
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    if not differing:
        return True
    return False if all(set(pair) <= INDEX_DTYPES for pair in differing) else None


def _differences(asked: Asked, probe: Asked) -> int:
    """By how much the two differ in what does not decide: attributes, and the inputs' ranks."""
    attrs: int = sum(
        name in asked.attrs and _comparable(asked.attrs[name]) != _comparable(value)
        for name, value in probe.attrs.items()
    )
    ranks: int = sum(
        len(shape or ()) != len(asked.shapes.get(name) or shape or ())
        for name, shape in probe.shapes.items()
    )
    return attrs + ranks


def _comparable(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value
