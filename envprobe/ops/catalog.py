"""The catalog: all rows, and what a cell of one of them asks the worker."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from envprobe.errors import FileFormatError, unknown_name
from envprobe.ops.row import InputSpec, Row, Variant
from envprobe.ops.tolerance import tolerance_of
from envprobe.terms import DTYPES, FLOAT_DTYPES

if TYPE_CHECKING:
    from importlib.abc import Traversable

DEFAULT_VARIANT = "default"
EXCEPTIONS_FILE = "exceptions.toml"

# What a row may write in place of several dtypes.
GROUPS = {
    "floats": FLOAT_DTYPES,
    "float8s": ("float8_e4m3fn", "float8_e5m2"),
    "ints": ("int8", "int16", "int32", "int64"),
    "uints": ("uint8", "uint16", "uint32", "uint64"),
    "int4s": ("int4", "uint4"),
    "complexes": ("complex64", "complex128"),
}
_DTYPE_FIELDS = ("dtypes", "no_kernel", "unimplemented", "probe")


class ResolvedProbe(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker is told of a cell (`docs/protocol.md`), but for device, direction, mode.

    `inputs` are plain dicts with every field of an `InputSpec`, dtype and shape final, and
    `fixed`, true where the dtype is the op's own and not the cell's. `fixed` names the
    attributes of which the same holds. `tolerance` is a multiple of the dtype's tolerance.
    """

    op: str
    variant: str
    dtype: str
    inputs: dict[str, dict[str, Any]]
    attrs: dict[str, Any]
    fixed: tuple[str, ...]
    gradient: tuple[str, ...]
    reference: str
    nonfinite: bool
    composite: str | None
    tolerance: float


def catalog_folder() -> Traversable:
    """The folder of the catalog's files, wherever the package lies."""
    return resources.files("kernels_matrix") / "catalog"


@functools.cache
def load_catalog() -> Mapping[str, Row]:
    """All rows by op, in the order of their names; read-only, and read once per process.

    Raises FileFormatError for a file that is not TOML, has an unknown field, or names an op of
    another file.
    """
    rows: dict[str, Row] = {}
    for file in _files():
        for op, row in _read(file).items():
            if op in rows:
                raise FileFormatError(f"catalog/{file.name}: {op} stands in another file, too")
            rows[op] = row
    return MappingProxyType(dict(sorted(rows.items())))


def load_rows(name: str) -> Mapping[str, Row]:
    """The rows of the files that mention a name, in whatever case: a few where one op is asked for.

    Reading all of them takes half as long as everything else that one op needs.
    """
    wanted = name.lower().encode()
    found: dict[str, Row] = {}
    for file in _files():
        if wanted in file.read_bytes().lower():
            found.update(_read(file))
    return found


def _files() -> Iterator[Traversable]:
    for file in sorted(catalog_folder().iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml") and file.name != EXCEPTIONS_FILE:
            yield file


def _read(file: Traversable) -> dict[str, Row]:
    try:
        rows = msgspec.toml.decode(file.read_bytes(), type=dict[str, Row])
    except (msgspec.DecodeError, ValueError) as error:
        raise FileFormatError(f"catalog/{file.name}: {error}") from error
    return {op: _spelt_out(row) for op, row in rows.items()}


def _spelt_out(row: Row) -> Row:
    """The row with its groups of dtypes written out, in the order of `terms.DTYPES`."""
    variants = {
        name: msgspec.structs.replace(variant, **_spelt_out_dtypes(variant))
        for name, variant in row.variants.items()
    }
    return msgspec.structs.replace(row, variants=variants, **_spelt_out_dtypes(row))


def _spelt_out_dtypes(holder: Row | Variant) -> dict[str, tuple[str, ...]]:
    fields = {field: getattr(holder, field, None) for field in _DTYPE_FIELDS}
    return {field: spelt_out(names) for field, names in fields.items() if names}


def spelt_out(names: Iterable[str]) -> tuple[str, ...]:
    """Dtypes and groups of them as dtypes alone, in the order of `terms.DTYPES`."""
    single = {dtype for name in names for dtype in GROUPS.get(name, (name,))}
    # A dtype that terms does not know stays, so that the tests can name it.
    return (*(d for d in DTYPES if d in single), *sorted(single - set(DTYPES)))


def variants_of(row: Row) -> dict[str, Variant]:
    """The variants of a row by name; a row that names none has one, `default`."""
    return row.variants or {DEFAULT_VARIANT: Variant()}


def variant_of(op: str, row: Row, variant: str) -> Variant:
    """One variant by name. Raises UsageError, with the nearest names, when there is none."""
    variants = variants_of(row)
    if variant not in variants:
        raise unknown_name(f"variant of {op}", variant, variants)
    return variants[variant]


def inputs_of(row: Row, variant: Variant) -> dict[str, InputSpec]:
    """The inputs of a variant, in the row's order: its own where it names them."""
    return {**row.inputs, **variant.inputs}


def resolve(op: str, row: Row, variant: str, dtype: str, *, timed: bool = False) -> ResolvedProbe:
    """The probe of one variant in one dtype, with its timed shapes if `timed`."""
    chosen = variant_of(op, row, variant)
    attrs = {**row.attrs, **chosen.attrs}
    return ResolvedProbe(
        op=op,
        variant=variant,
        dtype=dtype,
        inputs={
            name: _resolve_input(spec, dtype, timed)
            for name, spec in inputs_of(row, chosen).items()
        },
        attrs={name: _resolve_attr(value, dtype) for name, value in attrs.items()},
        fixed=tuple(name for name, value in attrs.items() if value != "T"),
        gradient=row.gradient if chosen.gradient is None else chosen.gradient,
        reference=chosen.reference or row.reference,
        nonfinite=row.nonfinite,
        composite=row.composite,
        tolerance=_tolerance_multiple(row, chosen, dtype),
    )


def _resolve_attr(value: Any, dtype: str) -> Any:
    """A `T` is the cell's dtype, `complex(T)` and `real(T)` the other kind of its precision."""
    if value == "complex(T)":
        return "complex128" if dtype in ("float64", "complex128") else "complex64"
    if value == "real(T)":
        return "float64" if dtype in ("float64", "complex128") else "float32"
    return dtype if value == "T" else value


def _tolerance_multiple(row: Row, variant: Variant, dtype: str) -> float:
    multiple = row.tolerance if variant.tolerance is None else variant.tolerance
    precision = variant.precision or row.precision or dtype
    return multiple * max(1.0, tolerance_of(precision) / tolerance_of(dtype))


def _resolve_input(spec: InputSpec, dtype: str, timed: bool) -> dict[str, Any]:
    shape = spec.timed_shape if timed and spec.timed_shape is not None else spec.shape
    return {
        "dtype": dtype if spec.dtype == "T" else spec.dtype,
        "fixed": spec.dtype != "T",
        "shape": list(shape),
        "values": spec.values,
        "low": spec.low,
        "high": spec.timed_high if timed and spec.timed_high is not None else spec.high,
        "constant": spec.constant,
        "count": spec.count,
        "literal": spec.literal,
    }
