"""Shapes and places as a Keras user writes them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from envprobe.models.oplist import OpList, Part, Place, Requirement, Shape, Tensor


def requirements_in(oplist: OpList, part: Part, *ops: str) -> Iterable[Requirement]:
    """The requirements of that part of the step, of these ops only where any are given."""
    return (
        one for one in oplist.requirements if one.direction == part and (not ops or one.op in ops)
    )


def requirements_of_loss(oplist: OpList, *ops: str) -> Iterable[Requirement]:
    """Those of the loss; Keras 2 gives it no scope of its own, and its metrics neither."""
    yield from requirements_in(oplist, "loss", *ops)
    if (oplist.keras or "").startswith("2."):
        for one in requirements_in(oplist, "forward", *ops):
            if not any(place.layer for place in one.places):
                yield one


def tensor_of(tensors: Iterable[Tensor], *names: str) -> Tensor | None:
    """The first of these arguments that there is."""
    return next((one for one in tensors if one.name in names), None)


def shown_shape(shape: Shape | None) -> str:
    """`(4, 10)`, with `None` where a size is open."""
    if shape is None:
        return "of unknown shape"
    inside = ", ".join("None" if size is None else str(size) for size in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"


def place_of(requirement: Requirement) -> Place:
    """The first place that it stands at; an empty one where nobody told."""
    return requirement.places[0] if requirement.places else Place()


def shown_place(place: Place) -> str:
    """`, layer 'a' (model.py:8)`, as far as it is known."""
    layer = f", layer {place.layer!r}" if place.layer else ""
    return layer + (f" ({PurePath(place.file).name}:{place.line})" if place.file else "")
