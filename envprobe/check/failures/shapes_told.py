"""Shapes as error messages and failures spell them."""

from __future__ import annotations

import re

Shape = tuple[int | None, ...]
_SIZES = re.compile(r"[\[(]([\d\s,?]|None)*[\])]")
_TARGET = re.compile(r"target\.shape=(\([^)]*\))")
_OUTPUT = re.compile(r"output\.shape=(\([^)]*\))")
_WITH_INPUTS = re.compile(r"with input shapes: ((?:\[[^\]]*\](?:, )?)+)")


def shape_from(text: str) -> Shape | None:
    """The last shape in `(4, None)` or `float32[4, ?]`; None where there is none."""
    found = None
    for match in _SIZES.finditer(text):
        found = match.group(0)[1:-1]
    if found is None:
        return None
    sizes = [size.strip() for size in found.split(",") if size.strip()]
    return tuple(int(size) if size.isdigit() else None for size in sizes)


def target_and_output(reason: str, part_inputs: tuple[str, ...]) -> tuple[Shape, Shape] | None:
    """The shapes of the target and of the prediction that a loss or metric compared."""
    target, output = _TARGET.search(reason), _OUTPUT.search(reason)
    told = (target.group(1), output.group(1)) if target and output else part_inputs[:2]
    shapes = [shape_from(text) for text in told]
    if len(shapes) != 2 or shapes[0] is None or shapes[1] is None:
        return None
    return shapes[0], shapes[1]


def input_shapes(reason: str) -> tuple[Shape, ...]:
    """What TensorFlow says that the node was given."""
    found = _WITH_INPUTS.search(reason)
    texts = re.findall(r"\[[^\]]*\]", found.group(1)) if found else []
    return tuple(shape for shape in map(shape_from, texts) if shape is not None)


def fit(left: Shape, right: Shape) -> bool:
    """Whether two shapes can be the same; an unknown size fits all."""
    return len(left) == len(right) and all(
        one is None or other is None or one == other for one, other in zip(left, right, strict=True)
    )


def written(shape: Shape) -> str:
    """As Python writes it."""
    return str(tuple(shape))
