"""What XLA says of a compiled step, as findings."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple

import msgspec

from envprobe.check.changes.compiles_instead import compiles_instead
from envprobe.check.result import CheckFinding
from envprobe.check.target import Target
from envprobe.evidence.registered import COMPILER_OF
from envprobe.models.foresight import Lowering
from envprobe.models.oplist import OpList
from envprobe.registrations.lookup import find_kernel
from envprobe.terms import Cause, Severity

_NO_KERNEL = "Detected unsupported operations"
_CONSTANT = ("must be a compile-time constant", "Reading input as constant", "must be constant")
_LIST_SIZE = "fixed tensor list size"
_ACROSS = "TensorList crossing"
_KEEP_PLAIN = "leave XLA out with compile(..., jit_compile=False)"
_UNDECORATED = "take jit_compile=True off the tf.function"


def findings_of_lowering(oplist: OpList, target: Target | None = None) -> tuple[CheckFinding, ...]:
    """What XLA refused of the step, and what it could not be asked; nothing where it compiled.

    XLA was asked for a CPU, by the TensorFlow that traced. What it lacks there and has on the
    target is no finding; what it refuses for another reason is a warning for another TensorFlow.
    """
    told = oplist.lowering
    if told is None:
        return ()
    if told.unknown is not None:
        return (_not_asked(told),)
    if told.message is None:
        return ()
    same = target is None or target.tensorflow in {None, oplist.tensorflow}
    if _NO_KERNEL in told.message:
        return () if _known_there(told, target, same=same) else (_no_kernel(oplist, told),)
    refused = _refused(oplist, told)
    return (refused if same else msgspec.structs.replace(refused, severity=Severity.WARNING),)


def _known_there(told: Lowering, target: Target | None, *, same: bool) -> bool:
    """Whether the target's own XLA has a kernel for the op."""
    if target is None or target.registrations is None or told.op is None:
        return False
    device_type = target.device.device_type
    if same and device_type == "CPU":
        return False
    compiler = COMPILER_OF.get(device_type, device_type)
    return find_kernel(target.registrations, told.op, compiler, {}) is not None


def _no_kernel(oplist: OpList, told: Lowering) -> CheckFinding:
    gradient = (told.op or "").endswith("Grad")
    instead = compiles_instead(told.op or "")
    what, plain = _compiled(oplist), _sentence(_plain(oplist))
    return _finding(
        "CHK401",
        told,
        seen=f"{_where(told)} is in a {what} that is compiled with XLA, and XLA does not know it.",
        why=(
            f"XLA compiles the {what} as a whole. It has no kernel for {_named(told)}, "
            + ("which the gradient needs, " if gradient else "")
            + f"so nothing of the {what} can be compiled."
        ),
        fix=f"{plain}, or {instead}." if instead else f"{plain}.",
    )


def _refused(oplist: OpList, told: Lowering) -> CheckFinding:
    reason = _reason(told.message or "")
    plain = _plain(oplist)
    return _finding(
        "CHK402",
        told,
        seen=f"XLA was asked to compile the {_compiled(oplist)}, and refuses at {_where(told)}: "
        f"{_first(told.message or '')}",
        why=reason.why,
        fix=f"{_sentence(reason.change)}, or {plain}." if reason.change else f"{_sentence(plain)}.",
    )


class _Reason(NamedTuple):
    why: str
    change: str | None = None


_LOOP = _Reason(
    "The gradient of a loop keeps what each round computed. XLA has to know before the step runs "
    "how many rounds there are at most.",
    "give the loop a bound: tf.while_loop(..., maximum_iterations=N)",
)
_BOUNDARY = _Reason(
    "The gradient of a loop keeps what each round computed, in a list. A part that is compiled "
    "alone cannot hand such a list on to the rest of the step.",
    "compile the whole step instead (compile(..., jit_compile=True)), with a bound for the loop",
)
_SIZE = _Reason(
    "XLA compiles for sizes that are known before the step runs. Here a size or shape is computed "
    "from the data.",
    "compute that size from shapes or Python numbers, or pad to a fixed size and mask",
)
_OTHER = _Reason("XLA compiles all of it at once, and this node cannot be part of that.")


def _reason(message: str) -> _Reason:
    if _LIST_SIZE in message:
        return _LOOP
    if _ACROSS in message:
        return _BOUNDARY
    return _SIZE if any(mark in message for mark in _CONSTANT) else _OTHER


def _not_asked(told: Lowering) -> CheckFinding:
    return CheckFinding(
        code="CHK403",
        cause=Cause.XLA_UNSUPPORTED_OP,
        severity=Severity.INFO,
        seen=f"XLA could not be asked whether it compiles the step: {told.unknown}.",
        why="Whether each op has a kernel for XLA is known all the same; sizes that only a run "
        "knows are not.",
        fix="Run one step to be sure.",
    )


def _finding(code: str, told: Lowering, *, seen: str, why: str, fix: str) -> CheckFinding:
    return CheckFinding(
        code=code,
        cause=Cause.XLA_UNSUPPORTED_OP,
        severity=Severity.ERROR,
        op=told.op,
        layer=told.layer,
        file=told.file,
        line=told.line,
        seen=seen,
        why=why,
        fix=fix,
    )


def _compiled(oplist: OpList) -> str:
    """What XLA compiles: the model's whole step, or a function of the user's in it."""
    return "step" if oplist.jit and oplist.model_class is not None else "tf.function"


def _plain(oplist: OpList) -> str:
    return _KEEP_PLAIN if _compiled(oplist) == "step" else _UNDECORATED


def _where(told: Lowering) -> str:
    """The op with its layer and line: `ResizeBicubic, layer 'up' (model.py:8)`."""
    layer = f", layer {told.layer!r}" if told.layer else ""
    line = f" ({PurePath(told.file).name}:{told.line})" if told.file else ""
    return f"{_named(told)}{layer}{line}"


def _named(told: Lowering) -> str:
    return told.op or "a node"


def _first(message: str) -> str:
    """The first sentence of what XLA said."""
    first = message.partition(". ")[0].strip().rstrip(".")
    return f"{first}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
