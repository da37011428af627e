"""shape-mismatch: what a layer or op is given has another rank or other sizes than it can take."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.check.failures.shape_pairs import explained_pair
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause

CODE = "CHK101"
_RAISED = ("ValueError", "InvalidArgumentError", "IndexError", "TypeError", "AssertionError")
_ABOUT_SHAPES = re.compile(
    r"\bshapes?\b|_shape\b|\branks?\b|n_?dims?\b|\bdimensions?\b|\bdims?\b|\bax[ei]s\b|broadcast"
    r"|incompatible with the layer|divisible|input_spec|\b[1-5]-?D\b|\dD tensor|channels"
    r"|spatial|size of (?:the )?(?:tensor|input|output)|output size"
    r"|[Cc]ardinality|expects? \d+ (?:named )?input|Missing data for input|with keys"
    r"|must be at least|smaller than|tuple index out of range|list index out of range"
    r"|values to unpack|Binding inputs to tf\.function|TensorSpec|einsum|same length",
    re.IGNORECASE,
)
_NDIM = re.compile(r"expected (min_|max_)?ndim=(\d+), found ndim=(\d+)")
_AXIS = re.compile(r"expected axis (-?\d+) of input shape to have value (\d+)")
_EXPECTED = re.compile(r"expected shape=(\([^)]*\)), found shape=(\([^)]*\))")
_COUNT = re.compile(
    r"expects (\d+) (?:named )?input\(?s?\)?(?: with keys (\[[^\]]*\]))?.*received (\d+)"
)
_MISSING = re.compile(r'Missing data for input "([^"]+)"')
# A variable or tensor that a message shows has a shape; that alone is no complaint about it.
_SHOWN = re.compile(r"<[^<>]*\bshape=[^<>]*>")
_RECURRENT = ("RNN", "LSTM", "GRU")

# How the message is known, why it is so, what to change.
_SIZES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(
            r"Negative dimension size|zero or negative|empty output|smaller than the corresponding"
            r"|Computed output size"
        ),
        "The window is larger than what is left of the input: nothing would come out.",
        "Use padding='same', a smaller kernel or pool, fewer such layers, or a larger input.",
    ),
    (
        re.compile(
            r"total size of the tensor must be unchanged|[Cc]annot reshape a tensor|= Reshape\["
        ),
        "A reshape keeps all values; the shape asked for holds another number of them.",
        "Choose a target shape with the same number of values, or -1 on one axis that divides.",
    ),
    (
        re.compile(r"[Cc]ardinality is ambiguous"),
        "Inputs and targets are cut into batches together, so that all must have as many rows.",
        "Give all of them the same first dimension.",
    ),
    (
        re.compile(r"evenly divisible by the number of groups"),
        "A grouped convolution cuts its channels into equal groups.",
        "Choose `groups` so that it divides the channels of the input and the filters.",
    ),
    (
        re.compile(r"evenly divi|divisible|cannot by divided|evenly split"),
        "A size is cut into equal parts, and it does not divide.",
        "Choose a size that divides, or give tf.split the sizes of the parts.",
    ),
    (
        re.compile(r"must be in the range \[-|out of bounds|greater than the maximum allowed"),
        "An axis or place is named that the tensor does not have.",
        "Count axes from the end (axis=-1), or feed a tensor that has this axis.",
    ),
    (
        re.compile(r"(?:not enough|too many) values to unpack|(?:tuple|list) index out of range"),
        "Python takes a shape or tensor apart into another number of axes than it has.",
        "Feed a tensor with the number of axes that this line expects.",
    ),
    (
        re.compile(r"before the loop|not an invariant for the loop|[Ss]hape.invariants"),
        "A loop in the graph keeps the shape of its variables, and here it changes.",
        "Start with the final shape, or allow it: tf.while_loop(..., shape_invariants=...).",
    ),
)
_ANY = (
    "The shape that arrives is not one that can be computed with here.",
    "Change the shape of the input, or the layer before this one, to what the message asks.",
)


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """Which shapes do not fit and what to change, or None for a failure of another kind."""
    if failure.error_type not in _RAISED or not _ABOUT_SHAPES.search(_SHOWN.sub("", reason)):
        return None
    why, fix = _layers_rule(failure, reason) or _sizes_rule(failure, reason) or _ANY
    return Explained(code=CODE, cause=Cause.SHAPE_MISMATCH, why=why, fix=fix)


def _layers_rule(failure: TraceFailure, reason: str) -> tuple[str, str] | None:
    """What Keras checks before a layer is called."""
    ndim, axis, expected = _NDIM.search(reason), _AXIS.search(reason), _EXPECTED.search(reason)
    if ndim:
        return _rank(failure, ndim.group(1), int(ndim.group(2)), int(ndim.group(3)))
    if axis:
        return (
            f"The layer's weights are made for {axis.group(2)} values on axis {axis.group(1)}; "
            "they cannot be multiplied with another number.",
            f"Feed {axis.group(2)} values there, or build the layer for the width that comes in.",
        )
    if expected:
        return (
            f"The model was built for inputs of shape {expected.group(1)}, "
            f"and gets {expected.group(2)}.",
            "Change the shape given to keras.Input(), or reshape or transpose the data.",
        )
    return _number_of_inputs(reason)


def _rank(failure: TraceFailure, bound: str | None, wanted: int, found: int) -> tuple[str, str]:
    least = {"min_": "at least ", "max_": "at most "}.get(bound or "", "")
    why = f"The layer takes tensors of {least}{wanted} axes, and gets {found}."
    kind = failure.layer_class or ""
    if found == 2 and wanted == 3 and any(name in kind for name in _RECURRENT):
        return why, (
            "Let the recurrent layer before it give all steps: return_sequences=True; "
            "or add the time axis to the data."
        )
    if found < wanted:
        return why, "Add the missing axis: keras.layers.Reshape, or x[..., None] in the data."
    return why, "Take the extra axis away, as with keras.layers.Flatten or a pooling layer."


def _number_of_inputs(reason: str) -> tuple[str, str] | None:
    count, missing = _COUNT.search(reason), _MISSING.search(reason)
    if count:
        names = f": {count.group(2)}" if count.group(2) else ""
        return (
            f"The model has {count.group(1)} inputs{names}, and gets {count.group(3)}.",
            "Pass one tensor for each input, in their order or as a dict by their names.",
        )
    if missing:
        return (
            f"The model has an input {missing.group(1)!r}, and the batch has none of this name.",
            "Use the names of the model's inputs (model.input_names) as the keys of the batch.",
        )
    if "Binding inputs to tf.function" in reason:
        return (
            "A tf.function takes only what its signature allows; these arguments have other "
            "shapes, or are more or fewer.",
            "Widen input_signature (None for a free size), or pass what it says.",
        )
    return None


def _sizes_rule(failure: TraceFailure, reason: str) -> tuple[str, str] | None:
    """What TensorFlow and Keras find when they compute the output's shape."""
    for pattern, why, fix in _SIZES:
        if pattern.search(reason):
            return why, fix
    return explained_pair(failure, reason)
