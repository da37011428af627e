"""What the values of the batch do to the step, as findings: labels, indices, assertions, NaN."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple

from envprobe.check.result import CheckFinding
from envprobe.check.target import Target
from envprobe.models.foresight import ValueProblem
from envprobe.models.oplist import OpList
from envprobe.terms import Cause, Severity


class _Words(NamedTuple):
    code: str
    cause: Cause
    why: str
    fix: str


LABEL_CODE = "CHK301"
_ACCELERATED = "A GPU does not look: the loss becomes NaN there, and the weights after it."
_LABEL = _Words(
    LABEL_CODE,
    Cause.INVALID_ARGUMENT_AT_RUNTIME,
    "The loss takes whole numbers from 0 to the number of classes minus one. The CPU raises "
    f"InvalidArgumentError for any other label. {_ACCELERATED}",
    "Give the last layer as many units as there are classes, and count the labels from 0.",
)
_ONE_CLASS = (
    "Keep one unit with a sigmoid and take binary_crossentropy, or give the last layer two units."
)
_INDEX = _Words(
    "CHK302",
    Cause.INVALID_ARGUMENT_AT_RUNTIME,
    "The CPU raises InvalidArgumentError for an index outside. A GPU reads zeros there and XLA "
    "takes the nearest valid one; both say nothing.",
    "Keep the indices inside: count them from 0, and use tf.clip_by_value where they may leave.",
)
_TABLE_FIX = "Make the table as long as the largest id plus one (input_dim of an Embedding)."
_ASSERTION = _Words(
    "CHK303",
    Cause.INVALID_ARGUMENT_AT_RUNTIME,
    "The model checks its values, and these do not pass. TensorFlow raises InvalidArgumentError "
    "on CPUs and GPUs; XLA leaves such checks out.",
    "Bring the data into the range that the model expects (scale pixels to 0 to 1), or change "
    "the check.",
)
_NOT_FINITE = _Words(
    "CHK304",
    Cause.NAN_INF,
    "NaN or infinity spreads from here: the result of the step is not finite, and after one step "
    "of training the weights are not either.",
    "Keep the op's input inside its range, for example with a small epsilon: "
    "x / tf.maximum(y, 1e-7), tf.sqrt(x + 1e-7), tf.math.log(tf.maximum(x, 1e-7)).",
)
_OVERFLOW_FIX = (
    "Scale the input down (divide pixels by 255), or compute this layer in float32 or with "
    "mixed_bfloat16."
)
_MAY_DIVIDE = _NOT_FINITE._replace(
    code="CHK305",
    why="Most batches pass; this one makes NaN or infinity here, and one such batch spoils all "
    "weights.",
)
_ARGUMENT = _Words(
    "CHK306",
    Cause.INVALID_ARGUMENT_AT_RUNTIME,
    "TensorFlow's CPU kernel refuses these values and raises InvalidArgumentError.",
    "Give the op values that the message allows.",
)
_SIZES = _Words(
    "CHK307",
    Cause.SHAPE_MISMATCH,
    "The step can be traced, but these sizes do not fit: TensorFlow raises InvalidArgumentError as "
    "soon as it runs.",
    "Change the sizes to what the message allows.",
)
_WORDS = {
    "label": _LABEL,
    "index": _INDEX,
    "assertion": _ASSERTION,
    "non_finite": _NOT_FINITE,
    "argument": _ARGUMENT,
    "sizes": _SIZES,
}


_CPU_KERNELS = {"assertion", "argument", "sizes"}  # XLA compiles others, or says so itself
_ALGEBRA = ("Matrix", "BatchMatrix", "Cholesky", "Lu", "SelfAdjointEig")


def findings_of_values(oplist: OpList, target: Target | None = None) -> tuple[CheckFinding, ...]:
    """One finding for each node that the batch's values do not suit.

    An error is what certainly fails on the target's type of device, a CPU where there is none.
    """
    device_type = target.device.device_type if target is not None else "CPU"
    return tuple(
        _finding(problem, device_type, oplist.jit)
        for problem in oplist.value_problems
        if problem.certain or not (oplist.jit and problem.kind in _CPU_KERNELS)
    )


def certain_failure(problem: ValueProblem, device_type: str, compiled: bool) -> bool:
    """Whether the step fails there because of these values, with an error or with NaN.

    A label without a class is refused on a CPU and gives NaN elsewhere. Other values outside are
    refused by CPU kernels only. `compiled`: XLA compiles the step, and drops assertions.
    """
    if not problem.certain:
        return False
    if problem.kind in {"label", "non_finite"}:
        return True
    if problem.kind in {"assertion", "sizes"}:
        return not compiled
    if problem.kind == "argument" and problem.op.startswith(_ALGEBRA):
        return True  # who does not refuse such a matrix makes NaN or infinity of it
    return not compiled and device_type == "CPU"


def _finding(problem: ValueProblem, device_type: str, compiled: bool) -> CheckFinding:
    fails = certain_failure(problem, device_type, compiled)
    words = _words(problem, raises=device_type == "CPU" and not compiled)
    return CheckFinding(
        code=words.code,
        cause=words.cause,
        severity=Severity.ERROR if fails else Severity.WARNING,
        op=problem.op,
        dtype=problem.dtype,
        layer=problem.layer,
        file=problem.file,
        line=problem.line,
        seen=_seen(problem),
        why=words.why,
        fix=words.fix,
    )


def _words(problem: ValueProblem, *, raises: bool) -> _Words:
    words = _WORDS[problem.kind]
    if problem.kind == "label":
        words = words if raises else words._replace(cause=Cause.NAN_INF)
        return words._replace(fix=_ONE_CLASS) if "1 class" in problem.seen else words
    if problem.kind == "index" and problem.table:
        return words._replace(cause=Cause.EMBEDDING_INDEX_OUT_OF_RANGE, fix=_TABLE_FIX)
    if problem.kind == "non_finite":
        words = words if problem.certain else _MAY_DIVIDE
        return words._replace(fix=_OVERFLOW_FIX) if "largest" in problem.seen else words
    return words


def _seen(problem: ValueProblem) -> str:
    """`Labels 5 to 9, classes 0 to 4: SparseSoftmaxCross… in float32, layer 'x' (model.py:3).`"""
    place = [f"layer {problem.layer!r}"] if problem.layer else []
    if problem.file is not None:
        place.append(f"{PurePath(problem.file).name}:{problem.line}")
    told = f" ({', '.join(place)})" if place else ""
    dtype = f" in {problem.dtype}" if problem.dtype and problem.kind == "non_finite" else ""
    what = problem.seen[:1].upper() + problem.seen[1:]
    return f"{what}: {problem.op}{dtype}{told}."
