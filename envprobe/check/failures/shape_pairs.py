"""Two tensors whose shapes do not go together: joined, multiplied or combined value by value."""

from __future__ import annotations

import re

from envprobe.check.failures import shapes_told
from envprobe.check.failures.shapes_told import Shape
from envprobe.models.failure import TraceFailure

_JOINED = ("Concat", "ConcatV2", "Pack")
_TOGETHER = re.compile(r"incompatible|must be equal|same shape|must match", re.IGNORECASE)
_IMAGE = 3


def explained_pair(failure: TraceFailure, reason: str) -> tuple[str, str] | None:
    """Why the two do not go together and what to change; None where it is about one tensor."""
    shapes = shapes_told.input_shapes(reason) or _of_inputs(failure)
    op = failure.op or ""
    if op in _JOINED or "oncatenat" in f"{failure.layer_class}{reason}":
        return _joined(shapes)
    if "MatMul" in op or op == "Einsum" or "Inner dimensions" in reason:
        return (
            f"The sizes that are multiplied and summed must be equal{_here(shapes)}.",
            "Make the width of the one the width of the other (units, or the weight's shape).",
        )
    if len(shapes) > 1 and (shapes_told.input_shapes(reason) or _TOGETHER.search(reason)):
        return (
            f"Each pair of sizes must be equal, or one of them 1{_here(shapes)}.",
            _fix_of_pair(*shapes[:2]),
        )
    return None


def _of_inputs(failure: TraceFailure) -> tuple[Shape, ...]:
    """Those of the layer's inputs, the first two that differ in front."""
    found = [shape for text in failure.layer_inputs if (shape := shapes_told.shape_from(text))]
    return tuple(dict.fromkeys(found))


def _joined(shapes: tuple[Shape, ...]) -> tuple[str, str]:
    sizes = [shape for shape in shapes if shape]
    if len({len(shape) for shape in sizes}) > 1:
        return (
            f"What is joined must have the same number of axes{_here(shapes)}.",
            "Bring them to one number of axes first: keras.layers.Flatten or a global pooling.",
        )
    why = f"Only the axis that is joined along may differ{_here(shapes)}."
    if sizes and len(sizes[0]) < _IMAGE:
        return why, "Make the other axes equal, or join along another axis."
    return (
        f"{why} Strides and pooling round odd sizes.",
        "Use an input whose sizes the strides divide, or crop, pad or resize one branch "
        "(keras.layers.Resizing, Cropping2D, ZeroPadding2D).",
    )


def _fix_of_pair(left: Shape, right: Shape) -> str:
    if len(left) == len(right) > 1 and _repeats(left[1:], right[1:]):
        return "Take the number of rows from the input, tf.shape(x)[0], instead of a fixed one."
    if len(left) == len(right) and _repeats(left[:-1], right[:-1]):
        return "Make both equally wide (units or filters), or one of them 1 wide."
    if len(left) == len(right) > 2:
        return "Make both the same shape (padding='same', equal strides, equal filters)."
    return "Reshape one operand, or add an axis of size 1 where it is to be repeated."


def _repeats(left: Shape, right: Shape) -> bool:
    return all(
        one is None or other is None or one == other or 1 in (one, other)
        for one, other in zip(left, right, strict=True)
    )


def _here(shapes: tuple[Shape, ...]) -> str:
    met = " and ".join(map(shapes_told.written, shapes[:2]))
    return f"; here {met} meet" if len(shapes) > 1 else ""
