"""The finding of numbers that are none: NaN or infinity after a step."""

from __future__ import annotations

import os

import msgspec

from envprobe.check.result import CheckFinding
from envprobe.check.run.nan_words import words_of
from envprobe.models.dry_run import NonFinite, Origin
from envprobe.terms import Cause, Severity


def not_finite(left: NonFinite, code: str, severity: Severity, *, jit: bool) -> CheckFinding:
    """The finding of NaN or infinity after a step: which op made it, of what, and why.

    `jit`: XLA compiled the step.
    """
    why, fix = _reasons(left)
    if jit and left.origin is not None:
        why += " XLA compiled the step; the op was found by running it uncompiled."
    finding = CheckFinding(
        code=code, cause=Cause.NAN_INF, severity=severity, seen=_left(left), why=why, fix=fix
    )
    return finding if left.origin is None else _blamed(finding, left.origin)


def _reasons(left: NonFinite) -> tuple[str, str]:
    if "batch" in left.what:
        return _BAD_DATA
    if left.origin is None:
        return f"Which op made it could not be told: {left.unknown}.", _UNTOLD
    words = words_of(left.origin)
    return words.why, words.fix


def _blamed(finding: CheckFinding, origin: Origin) -> CheckFinding:
    return msgspec.structs.replace(
        finding,
        op=origin.op,
        dtype=origin.dtype,
        layer=origin.layer,
        file=origin.file,
        line=origin.line,
        seen=f"{finding.seen} {_made(origin)}",
    )


_BAD_DATA = (
    "What goes in comes out: every loss of such a batch is NaN, and one step spoils all weights.",
    "Clean the data, for example with np.nan_to_num, or drop such samples.",
)
_UNTOLD = (
    "Call tf.debugging.enable_check_numerics() before training: it stops at the first such op."
)


def _left(left: NonFinite) -> str:
    """`After one step the loss and weights (a/kernel, b/bias) are NaN or infinite.`"""
    what = " and ".join(one for one in left.what if one != "batch")
    names = ", ".join(name for name in left.names if name != "loss")
    head = "The batch itself holds NaN or infinity. " if "batch" in left.what else ""
    verb = "is" if left.what[-1] in {"loss", "batch"} else "are"
    return (
        f"{head}After one step the {what}{f' ({names})' if names else ''} {verb} NaN or infinite."
    )


def _made(origin: Origin) -> str:
    gradient = f" in the gradient of {origin.gradient_of}" if origin.gradient_of else ""
    place = line_told(origin.file, origin.line, origin.function)
    where = ", ".join(filter(None, [_holder(origin), place]))
    given = f" of {' and '.join(origin.inputs)}" if origin.inputs else ""
    then = f", and {origin.then} made NaN of that" if origin.then else ""
    told = f"{origin.op}{gradient}" + (f" in {where}" if where else "")
    says = f" Run uncompiled, it says: {origin.says}" if origin.says else ""
    return f"It began at {told}, which made {origin.made}{given}{then}.{says}"


def _holder(origin: Origin) -> str | None:
    if origin.part == "loss":
        return f"loss {origin.part_name!r}"
    if origin.layer:
        kind = f" ({origin.layer_class})" if origin.layer_class else ""
        return f"layer {origin.layer!r}{kind}"
    return f"{origin.part} {origin.part_name!r}" if origin.part else None


def line_told(file: str | None, line: int | None, function: str | None) -> str | None:
    """As `model.py:12 (call)`; None where there is no file."""
    if file is None:
        return None
    return f"{os.path.basename(file)}:{line}" + (f" ({function})" if function else "")  # noqa: PTH119
