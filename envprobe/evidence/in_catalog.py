"""What the catalog asks of an op."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from envprobe.ops.catalog import variants_of
from envprobe.ops.row import Row, Variant
from envprobe.terms import DTYPES, Direction

PRESETS = ("quick", "standard", "full")  # each holds those before it


class CatalogVariant(msgspec.Struct, frozen=True, kw_only=True):
    """A variant: the smallest preset that asks it, its dtypes in `standard`, its directions."""

    name: str
    preset: str
    dtypes: tuple[str, ...]
    directions: tuple[Direction, ...]


class InCatalog(msgspec.Struct, frozen=True, kw_only=True):
    """How the catalog probes an op.

    `preset` is the smallest that asks it, None where the op has no row of its own; then the
    composites of `covered_by` run it inside a program.
    """

    family: str | None
    preset: str | None
    composite: bool
    variants: tuple[CatalogVariant, ...]
    covered_by: tuple[str, ...]


def in_catalog(catalog: Mapping[str, Row], op: str) -> InCatalog | None:
    """What is asked of the op; None when nothing is."""
    row = catalog.get(op)
    covered_by = _composites_with(catalog, op)
    if row is None:
        if not covered_by:
            return None
        return InCatalog(
            family=None, preset=None, composite=False, variants=(), covered_by=covered_by
        )
    return InCatalog(
        family=row.family,
        preset=row.preset,
        composite=bool(row.composite),
        variants=tuple(_variant(row, name, v) for name, v in variants_of(row).items()),
        covered_by=covered_by,
    )


def _composites_with(catalog: Mapping[str, Row], op: str) -> tuple[str, ...]:
    """The composites that execute the op; `covers` may name a dtype behind it."""
    return tuple(
        name
        for name, row in catalog.items()
        if row.covers and any(covered.split()[0] == op for covered in row.covers)
    )


def _variant(row: Row, name: str, variant: Variant) -> CatalogVariant:
    working = row.dtypes if variant.dtypes is None else variant.dtypes
    gradient = row.gradient if variant.gradient is None else variant.gradient
    return CatalogVariant(
        name=name,
        preset=max(row.preset, variant.preset, key=PRESETS.index) if row.variants else row.preset,
        dtypes=tuple(dtype for dtype in DTYPES if dtype in {*working, *row.probe}),
        directions=("forward", "gradient") if gradient else ("forward",),
    )
