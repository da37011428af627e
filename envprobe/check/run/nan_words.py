"""Why an op makes NaN or infinity of finite numbers, and what is usually changed."""

from __future__ import annotations

import re
from typing import NamedTuple

from envprobe.models.dry_run import Origin


class NanWords(NamedTuple):
    """What is said of some ops; `holds` is searched in the origin's inputs, '' fits all."""

    ops: frozenset[str]
    why: str
    fix: str
    holds: str = ""


def words_of(origin: Origin) -> NanWords:
    """What is to be said of this origin."""
    if origin.made == "infinity" and origin.dtype == "float16" and origin.op not in _SINGULAR:
        return _OVERFLOW
    if origin.part == "optimizer":
        return _UPDATE
    name = origin.gradient_of or origin.op
    told = next((one for one in WORDS if _fits(one, {name, origin.op}, origin)), _ANYTHING)
    if origin.gradient_of is not None:
        return told._replace(why=f"{told.why} {_GRADIENT}", fix=_GRADIENT_FIX)
    return told


def _fits(words: NanWords, ops: set[str], origin: Origin) -> bool:
    return bool(words.ops & ops) and bool(re.search(words.holds, "; ".join(origin.inputs)))


_SINGULAR = frozenset({"Log", "RealDiv", "Div", "Reciprocal", "Inv", "Rsqrt", "Pow"})
_GRADIENT = (
    "The gradient is taken there too: even where tf.where picks the other branch, infinity "
    "times zero is NaN."
)
_GRADIENT_FIX = (
    "Keep the input itself away from that point before the op: x = tf.where(ok, x, 1.0) inside, "
    "and tf.where around it once more."
)
_OVERFLOW = NanWords(
    frozenset(),
    "float16 ends at 65504; what is larger becomes infinity, and infinity minus or times "
    "something becomes NaN.",
    "Scale the input down (divide pixels by 255), or compute this layer in float32 or with "
    "mixed_bfloat16, which has the range of float32.",
)
_UPDATE = NanWords(
    frozenset(),
    "The gradients are finite, but the step that the optimizer makes of them is not.",
    "Lower the learning rate, or limit the gradients with clipnorm=1.0; in float16 give Adam "
    "epsilon=1e-4.",
)
_ANYTHING = NanWords(
    frozenset(),
    "The op's result is not a finite number for these values.",
    "Keep the values that go in within the op's range.",
)
_DIVIDING = frozenset({"RealDiv", "Div", "Reciprocal", "Inv", "Xdivy", "FloorDiv", "FloorMod"})

WORDS: tuple[NanWords, ...] = (
    NanWords(
        _DIVIDING,
        "The divisor is zero: zero by zero is NaN, anything else by zero is infinite.",
        "Add a small epsilon to the divisor, or use tf.math.divide_no_nan.",
    ),
    NanWords(
        frozenset({"Mean", "Sum", "Max", "Min", "Prod", "EuclideanNorm"}),
        "It is taken over no element at all: nothing was left of the batch, and the mean of "
        "nothing is zero by zero.",
        "Divide the sum by tf.maximum(count, 1), or use tf.math.divide_no_nan.",
        r"\(empty\)|\[(?:\d+,)*0(?:,\d+)*\]",
    ),
    NanWords(
        frozenset({"Log", "Xlogy", "Xlog1py", "Log1p", "Digamma", "Lgamma", "Erfinv", "Ndtri"}),
        "The logarithm of zero is minus infinity, that of a negative number is NaN.",
        "Keep its input above zero: tf.math.log(tf.maximum(x, 1e-7)), or from_logits=True in the "
        "loss instead of a logarithm of probabilities.",
    ),
    NanWords(
        frozenset({"Sqrt", "Rsqrt", "Pow", "Norm", "EuclideanNorm", "SqrtGrad", "RsqrtGrad"}),
        "The root of a negative number is NaN, and the slope of a root at zero is infinite.",
        "Add a small epsilon under the root: tf.sqrt(x + 1e-7).",
    ),
    NanWords(
        frozenset({"Exp", "Expm1", "Sinh", "Cosh", "Square", "MatMul", "BatchMatMulV2", "Mul"}),
        "The result is larger than the dtype can hold.",
        "Make its input smaller: normalise the data or the activations before it, or take the "
        "largest value off before exp.",
        r"^(?!.*(?:NaN|infinite)).*$",
    ),
    NanWords(
        frozenset({"Softmax", "LogSoftmax", "SoftmaxCrossEntropyWithLogits"}),
        "All entries of a row are minus infinity, as in a mask that leaves nothing: zero is "
        "divided by zero.",
        "Use a large negative number (-1e9, in float16 -6e4) instead of minus infinity, or leave "
        "at least one entry unmasked.",
        r"infinite",
    ),
    NanWords(
        frozenset({"SparseSoftmaxCrossEntropyWithLogits"}),
        "A GPU and XLA give NaN for a label that is no class of the model; a CPU raises instead.",
        "Give the last layer a unit for each class, or number the labels from 0.",
    ),
    NanWords(
        frozenset({
            "Cholesky", "CholeskyGrad", "MatrixInverse", "MatrixSolve", "MatrixTriangularSolve",
            "SelfAdjointEigV2", "Svd", "Qr", "LogMatrixDeterminant", "MatrixDeterminant",
        }),
        "The matrix is singular, or not positive definite, for these values.",
        "Add a small multiple of the identity to the matrix before.",
    ),
    NanWords(
        frozenset({"Acos", "Asin", "Atanh", "Acosh"}),
        "The function is not defined outside its range, and infinitely steep at its ends.",
        "Clip the input: tf.clip_by_value(x, -1 + 1e-7, 1 - 1e-7).",
    ),
)  # fmt: skip
