"""The node that a cell puts into a graph, as TensorFlow's registry sees it."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.ops.catalog import ResolvedProbe
from envprobe.ops.row import Row
from envprobe.registrations import OpDefinition

CELL_DTYPE = "T"  # how a row writes the dtype of its cells


def node_attrs(probe: ResolvedProbe, definition: OpDefinition) -> dict[str, str]:
    """The attributes of a probe's node that constraints of kernels can speak of.

    Types follow from the inputs, or are given as attributes; what neither says is the default.
    Numbers and truth values are spelt as registrations spell them.
    """
    defaults = {
        name: _spelt(attr.default)
        for name, attr in definition.attrs.items()
        if attr.default is not None and not isinstance(attr.default, list)
    }
    given = {
        name: _spelt(value) for name, value in probe.attrs.items() if not isinstance(value, list)
    }
    inferred = {
        argument.type_attr: probe.inputs[argument.name]["dtype"]
        for argument in definition.inputs
        if argument.type_attr and argument.name in probe.inputs
    }
    return {**defaults, **given, **inferred}


def _spelt(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def dtype_attr_of(row: Row | None, definition: OpDefinition) -> str | None:
    """The type attribute that is an op's dtype: the one that its row varies, else its first.

    None for an op without one.
    """
    return next(_varied(row, definition), definition.dtype_attr)


def _varied(row: Row | None, definition: OpDefinition) -> Iterator[str]:
    if row is None:
        return
    for argument in definition.inputs:
        spec = row.inputs.get(argument.name)
        if spec is not None and spec.dtype == CELL_DTYPE and argument.type_attr:
            yield argument.type_attr
    for attrs in (row.attrs, *(variant.attrs for variant in row.variants.values())):
        for name, value in attrs.items():
            if value == CELL_DTYPE and name in definition.type_attrs:
                yield name
