"""label-loss-mismatch: the target, the loss (or metric) and the prediction are of several forms."""

from __future__ import annotations

import re

from envprobe.check.failures import shapes_told
from envprobe.check.failures.explained import Explained
from envprobe.check.failures.shapes_told import Shape
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause

CODE = "CHK102"
_SHAPE_CODE = "CHK101"
_ABOUT_SHAPES = re.compile(
    r"shape|rank|ndim|dimension|\baxis\b|broadcast|\bsize|expects? .*D inputs|\dD|unpack"
    r"|out of range|squeeze",
    re.IGNORECASE,
)
_PAIR = re.compile(r"Arguments? `?(?:target|output)`?")
# They do not compare; what does not fit is in the loss function itself.
_OTHER_STEPS = (
    "MatMul", "BatchMatMulV2", "Einsum", "Split", "SplitV", "Reshape", "ConcatV2", "Transpose",
    "StridedSlice", "Squeeze", "GatherV2", "Pack", "Slice", "Conv2D",
)  # fmt: skip
_FROM_CLASSES = ("categorical", "sparse", "crossentropy", "cross_entropy", "poly_loss", "focal")


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """Which forms meet and what to change, or None for a failure of another kind."""
    compares = failure.part in ("loss", "metric") or _PAIR.search(reason)
    if compares and not _within_a_layer(failure) and _ABOUT_SHAPES.search(reason):
        return _forms(failure, reason)
    return None


def _within_a_layer(failure: TraceFailure) -> bool:
    return bool(failure.layer_path) and failure.part == "metric"


def _forms(failure: TraceFailure, reason: str) -> Explained | None:
    pair = shapes_told.target_and_output(reason, failure.part_inputs)
    if pair is not None and not _meet(failure, reason, *pair):
        return None
    if pair is None:
        return _told(
            "The target does not have the form that this loss or metric compares with.",
            "Give the target the shape of the model's output, or choose a loss that takes the "
            "target as it is.",
        )
    target, output = pair
    name = failure.part_name or failure.called or ""
    if _other_size(name, target, output):
        return _sizes(target, output)
    met = f"The target is {_of(target)}, the prediction {_of(output)}. "
    return _told(met + _mismatch(name, target, output), _fix(failure, name, target, output))


def _meet(failure: TraceFailure, reason: str, target: Shape, output: Shape) -> bool:
    """Whether target and prediction are what does not fit, and not some step of the loss."""
    shapes = [shape for shape in shapes_told.input_shapes(reason) if shape]
    if failure.op is None or "{{node" not in reason:
        return True
    return (
        failure.op not in _OTHER_STEPS and len(shapes) > 1 and not shapes_told.fit(target, output)
    )


def _other_size(name: str, target: Shape, output: Shape) -> bool:
    """Whether the form is right, and only places (height, width, time) are more or fewer."""
    if "sparse" in name and len(target) == len(output) - 1:
        return len(target) > 1
    if "sparse" in name:
        return False
    return len(target) == len(output) > 2 and target[-1] == output[-1]


def _sizes(target: Shape, output: Shape) -> Explained:
    return Explained(
        code=_SHAPE_CODE,
        cause=Cause.SHAPE_MISMATCH,
        why=f"The target is {_of(target)}, the prediction {_of(output)}: the model gives another "
        "number of places than there are labels for, and the loss compares place by place.",
        fix=f"Make the model's output {_of(_as_target(target, output))} (strides, padding, "
        "upsampling), or make the targets at the size of the output.",
    )


def _as_target(target: Shape, output: Shape) -> Shape:
    return target if len(target) == len(output) else (*target, output[-1])


def _mismatch(name: str, target: Shape, output: Shape) -> str:
    if "sparse" in name and len(target) == len(output):
        if target[-1] == output[-1]:
            return f"{name} takes class numbers; these targets have a value for each class."
        return f"{name} takes one class number for each prediction."
    if len(target) == len(output) - 1:
        loss = name or "It"
        return f"{loss} takes a value for each of the {output[-1]} outputs, not one number."
    if len(target) == len(output) and target[-1] != output[-1]:
        if len(target) == 1:
            return "It compares value by value, and there are more of the one than of the other."
        return f"The target has {_values(target)} for each item, the model gives {_values(output)}."
    return "It compares value by value, and these shapes do not pair up."


def _fix(failure: TraceFailure, name: str, target: Shape, output: Shape) -> str:
    layer = f" {failure.layer!r}" if failure.layer and not failure.layer_path else ""
    if failure.part == "metric" and (len(target) != len(output) or len(target) == 1):
        classes = output[-1] if len(output) > 1 else "classes"
        return (
            "Use a metric for this form (for class numbers one with `Sparse` in its name), or "
            f"one-hot the labels: tf.one_hot(y, {classes})."
        )
    if "sparse" in name and len(target) == len(output):
        return _fix_of_sparse(layer, target, output)
    if len(target) == len(output) - 1:
        return _fix_of_numbers(name, output)
    if len(target) == len(output) and target[-1] != output[-1]:
        return f"Let the last layer{layer} give {_values(target)} (its units or filters)."
    return f"Make the target and the output the same shape, {_of(output)} or {_of(target)}."


def _fix_of_sparse(layer: str, target: Shape, output: Shape) -> str:
    if target[-1] == output[-1]:
        return "Use the loss without `sparse_`, or give class numbers: tf.argmax(y, -1)."
    return (
        f"Give targets of shape {_of(output[:-1])}, or let the last layer{layer} give a "
        f"prediction for each target, {_of((*target, output[-1]))}."
    )


def _fix_of_numbers(name: str, output: Shape) -> str:
    classes = output[-1]
    if any(word in name for word in _FROM_CLASSES) and classes != 1:
        encoded = f"tf.one_hot(y, {classes})"
        return f"Use sparse_categorical_crossentropy, or one-hot the labels: {encoded}."
    return (
        f"Give targets of shape {_of(output)}: tf.one_hot(y, {classes}) for class numbers, or a "
        "last layer of one unit for a single value."
    )


def _values(shape: Shape) -> str:
    return f"{shape[-1]} value{'' if shape[-1] == 1 else 's'}"


def _of(shape: Shape) -> str:
    return shapes_told.written(shape)


def _told(why: str, fix: str) -> Explained:
    return Explained(code=CODE, cause=Cause.LABEL_LOSS_MISMATCH, why=why, fix=fix)
