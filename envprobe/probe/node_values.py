"""How each input of a model's node is made: as the model says, as the op asks, as its row does."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from envprobe.models.oplist import Requirement, Tensor
from envprobe.ops.row import InputSpec
from envprobe.probe.node_indices import index_spec
from envprobe.probe.node_shapes import shape_value
from envprobe.probe.node_sizes import elements_in, sizes_of
from envprobe.probe.node_variables import variable_spec
from envprobe.probe.node_view import NodeView

# Beyond so many values `distinct` leaves the range of float16.
_MOST_DISTINCT = 4096
_SQUARE = ("matrix", "spd", "triangular", "orthogonal")
_WHOLE = ("int", "uint", "qint", "quint")


class Made(NamedTuple):
    """How an input is made. `judged`: numbers that come of it can be held against a reference.

    `guessed`: nothing says that the op can take such values.
    """

    spec: InputSpec
    judged: bool = True
    guessed: bool = False


def made_for(
    node: Requirement, told: Requirement, tensor: Tensor, row: InputSpec | None
) -> Made | None:
    """How one input is made, its dtype and shape final; None where it cannot be.

    `node` has all sizes, `told` those of the model; `row` is how the catalog makes that input for
    its own shapes.
    """
    view = NodeView(node, told, tensor)
    if tensor.dtype == "resource":
        spec = variable_spec(view, node, row)
        return Made(spec) if spec is not None else None
    if tensor.dtype in ("variant", "unknown") or tensor.dtype.endswith("_ref"):
        return None
    made = _made(view, row)
    shape = sizes_of(tensor)
    if made.spec.literal is not None:
        shape = _shape_of(made.spec.literal)
    spec = msgspec.structs.replace(made.spec, dtype=tensor.dtype, shape=shape, count=1)
    return made._replace(spec=spec)


def _made(view: NodeView, row: InputSpec | None) -> Made:
    tensor = view.tensor
    if tensor.value is not None:
        return Made(InputSpec(literal=tensor.value, constant=True))
    if tensor.dtype.startswith(_WHOLE):
        indices = index_spec(view)
        if indices is not None:
            return Made(indices)
        value = shape_value(view)
        if value is not None:
            return Made(InputSpec(literal=value, constant=True))
    if row is None:
        guessed = tensor.dtype.startswith(_WHOLE)
        return Made(InputSpec(values="index", high=2) if guessed else InputSpec(), False, guessed)
    return _as_in_row(tensor, row)


def _as_in_row(tensor: Tensor, row: InputSpec) -> Made:
    if row.literal is None:
        too_many = row.values in ("distinct", "sorted") and elements_in(tensor) > _MOST_DISTINCT
        if too_many or (row.values in _SQUARE and not _is_square(sizes_of(tensor))):
            return Made(InputSpec(values="normal"))
        guessed = row.values in ("index", "index_unique") and tensor.dtype.startswith("int")
        return Made(row, judged=not guessed, guessed=guessed)
    if _shape_of(row.literal) == sizes_of(tensor):
        return Made(row)
    return _like_literal(tensor, _flat(row.literal))


def _is_square(sizes: tuple[int, ...]) -> bool:
    return len(sizes) > 1 and sizes[-1] == sizes[-2]


def _like_literal(tensor: Tensor, values: list[Any]) -> Made:
    """Another shape than the row's: one value everywhere, or values between the row's."""
    if not values or isinstance(values[0], (str, bool)):
        return Made(InputSpec(), judged=False)
    low, high = min(values), max(values)
    spec = InputSpec(values="uniform", low=low, high=high)
    one_value = low == high
    return Made(spec, judged=one_value, guessed=not one_value and tensor.dtype.startswith(_WHOLE))


def _shape_of(literal: Any) -> tuple[int, ...]:
    if not isinstance(literal, (list, tuple)):
        return ()
    return (len(literal), *(_shape_of(literal[0]) if literal else ()))


def _flat(literal: Any) -> list[Any]:
    if not isinstance(literal, (list, tuple)):
        return [literal]
    return [value for item in literal for value in _flat(item)]
