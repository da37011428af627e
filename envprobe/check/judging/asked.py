"""What a node asks of its kernel, told the same way for a model's node and for a measured cell."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

from envprobe.models.oplist import Requirement, Shape
from envprobe.ops.catalog import load_catalog, resolve


class Asked(NamedTuple):
    """A node's attributes, its inputs' dtypes, shapes and known values, and its output's shape.

    Inputs go by their argument's name, those of a list by the list's.
    """

    op: str
    attrs: Mapping[str, Any]
    dtypes: Mapping[str, str]
    shapes: Mapping[str, Shape | None]
    values: Mapping[str, Any]
    output: Shape | None = None
    types: tuple[str, ...] = ()  # those that type attributes have, in the node's order


def asked_by(requirement: Requirement) -> Asked:
    """What a model's node asks."""
    inputs = {tensor.name.partition(":")[0]: tensor for tensor in reversed(requirement.inputs)}
    return Asked(
        op=requirement.op,
        attrs={**requirement.attrs, **requirement.dtypes},
        dtypes={name: tensor.dtype for name, tensor in inputs.items()},
        shapes={name: tensor.shape for name, tensor in inputs.items()},
        values={name: t.value for name, t in inputs.items() if t.value is not None},
        output=requirement.outputs[0].shape if requirement.outputs else None,
        types=tuple(value for value in requirement.dtypes.values() if isinstance(value, str)),
    )


@functools.cache
def asked_of_cell(op: str, variant: str, dtype: str) -> Asked:
    """What a cell of the catalog asks."""
    probe = resolve(op, load_catalog()[op], variant, dtype)
    return Asked(
        op=probe.op,
        attrs=probe.attrs,
        dtypes={name: spec["dtype"] for name, spec in probe.inputs.items()},
        shapes={name: tuple(spec["shape"]) for name, spec in probe.inputs.items()},
        values={
            name: spec["literal"]
            for name, spec in probe.inputs.items()
            if spec["literal"] is not None
        },
    )
