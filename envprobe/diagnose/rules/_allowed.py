"""Messages that an op's definition does not allow a dtype: which, where, and what it allows."""

from __future__ import annotations

import msgspec

from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rules._dtypes import dtype_name, is_low_precision, named
from envprobe.diagnose.sighting import Sighting

PATTERNS = (
    Pattern(
        rf"passed to parameter '?(?P<parameter>\w+)'? has DataType {named('dtype')} not in list of "
        r"allowed values: (?P<allowed>\w[\w, ]*)"
    ),
    Pattern(
        rf"Value for attr '(?P<parameter>\w+)' of {named('dtype')} is not in the list of allowed "
        r"values: (?P<allowed>\w[\w, ]*)"
    ),
)
# Inputs that come beside the data: a fused op keeps them in float32 on purpose.
BESIDE = ("scale", "offset", "mean", "variance", "boxes", "scores", "min", "max", "shape", "U")
FLOATS = ("float16", "bfloat16", "float32", "float64")
_NODE_OP = r"NodeDef: (?:\{\{node )?[^;]*; Op<name=(\w+)"
_EAGER_OP = r"\[Op:(\w+)\]"


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A dtype that a definition refuses.

    whole_op_lacks_precision  it is a low precision of the op's main input: float32 would be taken
    """

    fields: dict[str, str | int | float]
    whole_op_lacks_precision: bool


def refusal(sighting: Sighting) -> Refusal | None:
    """What the message says, None where its dtype is none."""
    fields = sighting.fields
    dtype = dtype_name(fields["dtype"])
    allowed = [dtype_name(one.strip()) for one in fields.get("allowed", "").split(",") if one]
    parameter = fields.get("parameter")
    told = {
        "dtype": {"scalar": "?"}.get(dtype, dtype),
        "allowed": ", ".join(allowed),
        "parameter": parameter,
        "op": _op(sighting.text),
        "wanted": next((one for one in ("float32", "int32") if one in allowed), None)
        or (allowed[0] if allowed else None),
    }
    return Refusal(
        fields={name: value for name, value in told.items() if value},
        whole_op_lacks_precision=is_low_precision(dtype) and _of_data(parameter, allowed),
    )


def _of_data(parameter: str | None, allowed: list[str]) -> bool:
    """Whether the op computes with floats there, and the input is not one beside the data."""
    takes_floats = not allowed or any(one in FLOATS for one in allowed)
    return takes_floats and not (parameter in BESIDE and allowed == ["float32"])


def _op(text: str) -> str | None:
    for regex in (_NODE_OP, _EAGER_OP):
        found = compiled(regex).search(text)
        if found:
            return str(found.group(1))
    return None
