"""What `--input` and `--target` say: `float32[8,224,224,3]`, `ids=int32[?,128]@0:30000`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import msgspec

from envprobe.errors import UsageError, unknown_name
from envprobe.terms import DTYPES

EXAMPLE = "expected such as 'float32[8,224,224,3]', 'ids=int32[?,128]@0:30000'"
MOST_RANK = 32
MOST_SIZE = 2**40  # of one dimension: beyond it only a slip of the keyboard lies
# The name first, then the dtype, the sizes between brackets, and a range behind `@`.
_FORM = re.compile(r"(?:([^=\[\]@]+)=)?([^=\[\]@]+)\[([^\[\]]*)\](?:@(.+))?")
_NAME = re.compile(r"[A-Za-z_][\w./:-]*")


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """One tensor of the batch; a size is None where it is not known.

    Values lie in [`low`, `high`), where given; all are `low` where both are the same.
    """

    dtype: str
    shape: tuple[int | None, ...]
    name: str | None = None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        sizes = ",".join("?" if size is None else str(size) for size in self.shape)
        name = f"{self.name}=" if self.name else ""
        values = f"@{_number(self.low)}:{_number(self.high)}" if self.low is not None else ""
        return f"{name}{self.dtype}[{sizes}]{values}"


def parse_spec(text: str) -> Spec:
    """The spec that the text means; raises UsageError that says which part is not understood."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"spec {text!r} is not understood: {EXAMPLE}")
    name, dtype, sizes, values = found.groups()
    low, high = _range(values, text) if values is not None else (None, None)
    spec = Spec(
        dtype=_dtype(dtype.strip()),
        shape=_shape(sizes, text),
        name=_named(name, text),
        low=low,
        high=high,
    )
    if low is not None and spec.dtype in {"string", "bool"}:
        raise UsageError(f"spec {text!r}: {spec.dtype} has no range of numbers: leave out '@…'")
    return spec


def parse_specs(texts: Sequence[str], option: str) -> tuple[Spec, ...]:
    """All specs of one option; either each has a name of its own, or none has one."""
    specs = tuple(parse_spec(text) for text in texts)
    names = [spec.name for spec in specs if spec.name]
    if names and len(names) != len(specs):
        raise UsageError(f"{option}: some specs are named and some are not: name all, or none")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"{option}: the name {twice[0]!r} is given twice")
    return specs


def with_batch(specs: Sequence[Spec], batch: int | None) -> tuple[Spec, ...]:
    """The specs with `batch` for a first `?`; raises UsageError where another batch is written."""
    if batch is None:
        return tuple(specs)
    return tuple(_filled(spec, batch) for spec in specs)


def _filled(spec: Spec, batch: int) -> Spec:
    if not spec.shape or spec.shape[0] == batch:
        return spec
    if spec.shape[0] is not None:
        raise UsageError(
            f"--batch {batch} contradicts {spec}: write ? as its first size, or leave --batch out"
        )
    return msgspec.structs.replace(spec, shape=(batch, *spec.shape[1:]))


def _dtype(text: str) -> str:
    if text not in DTYPES:
        raise unknown_name("dtype", text, DTYPES)
    return text


def _named(name: str | None, text: str) -> str | None:
    if name is None:
        return None
    if not _NAME.fullmatch(name.strip()):
        raise UsageError(f"spec {text!r}: {name!r} is no name of an input: {EXAMPLE}")
    return name.strip()


def _shape(sizes: str, text: str) -> tuple[int | None, ...]:
    if not sizes.strip():
        return ()
    parts = [part.strip() for part in sizes.split(",")]
    if len(parts) > MOST_RANK:
        raise UsageError(f"spec {text!r} has {len(parts)} dimensions: at most {MOST_RANK}")
    return tuple(_size(part, text) for part in parts)


def _size(part: str, text: str) -> int | None:
    if part == "?":
        return None
    # int() would also take signs, underscores and digits of other scripts.
    if not re.fullmatch(r"[0-9]{1,15}", part) or int(part) > MOST_SIZE:
        raise UsageError(f"spec {text!r}: {part!r} is no size: a whole number, or ? for unknown")
    return int(part)


def _range(values: str, text: str) -> tuple[float, float]:
    low, colon, high = values.partition(":")
    try:
        found = (float(low), float(high))
    except ValueError:
        found = (math.nan, math.nan)
    if not colon or not all(map(math.isfinite, found)) or found[0] > found[1]:
        raise UsageError(
            f"spec {text!r}: {values!r} is no range: write low:high, the upper bound excluded, "
            "such as 0:10, or twice the same number for a constant"
        )
    return found


def _number(value: float | None) -> str:
    return "" if value is None else repr(int(value) if value.is_integer() else value)
