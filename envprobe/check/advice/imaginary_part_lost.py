"""CHK602: complex data that are cast to a real dtype."""

from __future__ import annotations

from envprobe.check.advice.shown import place_of, requirements_in, shown_place, shown_shape
from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList, Requirement
from envprobe.terms import Cause, Severity


def imaginary_part_lost(oplist: OpList) -> tuple[CheckFinding, ...]:
    """Each cast from complex to real numbers in a step that is fed complex data.

    A cast in the gradient belongs to one from real to complex, and is right.
    """
    if not any(one.dtype.startswith("complex") for one in oplist.fed):
        return ()
    return tuple(
        _finding(one)
        for part in ("forward", "loss")
        for one in requirements_in(oplist, part, "Cast")
        if str(one.dtypes.get("SrcT")).startswith("complex")
        and str(one.dtypes.get("DstT")).startswith(("float", "bfloat"))
    )


def _finding(one: Requirement) -> CheckFinding:
    place = place_of(one)
    where = shown_place(place) or (" in the loss" if one.direction == "loss" else "")
    source, wanted = one.dtypes["SrcT"], one.dtypes["DstT"]
    shape = shown_shape(one.inputs[0].shape)
    return CheckFinding(
        code="CHK602",
        cause=Cause.BENIGN,
        severity=Severity.WARNING,
        op="Cast",
        dtype=str(source),
        layer=place.layer,
        file=place.file,
        line=place.line,
        seen=f"{source} numbers {shape} are cast to {wanted}{where}.",
        why="A cast from complex to real numbers drops the imaginary part: what follows never sees "
        "it.",
        fix=(
            "Feed real and imaginary part as two channels, or take tf.abs, tf.math.real or "
            "tf.math.angle of the data on purpose."
        ),
    )
