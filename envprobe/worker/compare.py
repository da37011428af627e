"""Are the numbers right? Outputs against a reference, relative to the tolerance."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np

Verdict = tuple[Optional[float], Optional[str]]


def compare(outputs: list[Any], reference: list[Any], tolerance: float, nonfinite: bool) -> Verdict:
    """The largest relative error over all outputs, and what is wrong (None: nothing).

    The error of an element is |a - b| / (|b| + rms(b)): relative where values are of the
    tensor's own size, and not inflated where a sum happens to end near zero. Integers, booleans
    and strings have to be equal. Where the reference is None an output is not compared.
    """
    if len(outputs) != len(reference):
        return None, f"{len(outputs)} outputs where {len(reference)} were expected"
    worst = 0.0
    for index, (seen, right) in enumerate(zip(outputs, reference)):
        if right is None:  # scratch of the kernel, different in each implementation
            continue
        error, wrong = _compare_one(np.asarray(seen), np.asarray(right), tolerance, nonfinite)
        if wrong:
            return error, f"output {index}: {wrong}"
        worst = max(worst, error or 0.0)
    return worst, None


def _compare_one(seen: Any, right: Any, tolerance: float, nonfinite: bool) -> Verdict:
    if seen.shape != right.shape:
        return None, f"shape {list(seen.shape)} where {list(right.shape)} was expected"
    if seen.size == 0:
        return 0.0, None
    if is_exact(seen):
        return _compare_exact(seen, right)
    wide = np.complex128 if np.iscomplexobj(seen) or np.iscomplexobj(right) else np.float64
    seen, right = seen.astype(wide), right.astype(wide)
    nans, expected_nans = np.isnan(seen), np.isnan(right)
    if not np.array_equal(nans, expected_nans):
        return None, f"{nans.sum()} NaN where {expected_nans.sum()} were expected"
    if not nonfinite and not np.isfinite(seen).all():
        return None, f"{(~np.isfinite(seen)).sum()} of {seen.size} values are infinite or NaN"
    return _compare_finite(seen, right, tolerance)


def _compare_finite(seen: Any, right: Any, tolerance: float) -> Verdict:
    finite = np.isfinite(right) & np.isfinite(seen)
    if not np.array_equal(seen[~finite], right[~finite], equal_nan=True):
        return None, "infinities stand in other places than in the reference"
    seen, right = seen[finite], right[finite]
    if seen.size == 0:
        return 0.0, None
    difference = np.abs(seen - right)
    scale = np.abs(right) + np.sqrt(np.mean(np.abs(right) ** 2))
    with np.errstate(over="ignore"):  # against the smallest numbers that there are: infinite
        errors = difference / np.where(scale > 0, scale, 1.0)  # against zeros: absolute
    worst = int(errors.argmax())
    error = float(errors[worst])
    if error <= tolerance:
        return error, None
    numbers = f"{_shown(seen[worst])} where {_shown(right[worst])} was expected"
    return error, f"{numbers} (relative error {error:.2g}, allowed {tolerance:.2g})"


def _shown(number: Any) -> str:
    return f"{number:.6g}" if np.iscomplexobj(number) else f"{float(number):.6g}"


def _compare_exact(seen: Any, right: Any) -> Verdict:
    if seen.dtype != object:  # int4 and its kin compare only with themselves
        seen = seen.astype(np.int64) if seen.dtype.kind not in "bui" else seen
        right = _as_exact(right, seen.dtype) if right.dtype.kind != seen.dtype.kind else right
    wrong = np.atleast_1d(seen != right)
    if not wrong.any():
        return 0.0, None
    first = int(np.argmax(wrong.reshape(-1)))
    values, expected = (np.atleast_1d(array).reshape(-1)[first] for array in (seen, right))
    count = f"{int(wrong.sum())} of {wrong.size} values differ"
    return None, f"{count}, the first is {values!r} where {expected!r} was expected"


def _as_exact(array: Any, dtype: Any) -> Any:
    return np.rint(array).astype(dtype) if array.dtype.kind == "f" else array.astype(dtype)


def is_exact(array: Any) -> bool:
    """Whether values of this array are compared bit for bit: integers, booleans, strings."""
    if array.dtype.kind in "buiOSU":
        return True
    return array.dtype.name in ("int4", "uint4", "int2", "uint2")
