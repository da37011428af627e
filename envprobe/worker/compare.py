"""Are the numbers right? Outputs against a reference, relative to the tolerance."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

import numpy as np

Verdict = Tuple[Optional[float], Optional[str]]


def compare(outputs: List[Any], reference: List[Any], tolerance: float, nonfinite: bool) -> Verdict:
    """The largest relative error over all outputs, and what is wrong (None: nothing).

    The error of an element is |a - b| / (|b| + rms(b)): relative where values are of the
    tensor's own size, and not inflated where a sum happens to end near zero. Integers, booleans
    and strings have to be equal.
    """
    if len(outputs) != len(reference):
        return None, "%d outputs where %d were expected" % (len(outputs), len(reference))
    worst = 0.0
    for index, (seen, right) in enumerate(zip(outputs, reference)):
        error, wrong = _compare_one(np.asarray(seen), np.asarray(right), tolerance, nonfinite)
        if wrong:
            return error, "output %d: %s" % (index, wrong)
        worst = max(worst, error or 0.0)
    return worst, None


def _compare_one(seen: Any, right: Any, tolerance: float, nonfinite: bool) -> Verdict:
    if seen.shape != right.shape:
        return None, "shape %s where %s was expected" % (list(seen.shape), list(right.shape))
    if seen.size == 0:
        return 0.0, None
    if is_exact(seen):
        return _compare_exact(seen, right)
    wide = np.complex128 if np.iscomplexobj(seen) or np.iscomplexobj(right) else np.float64
    seen, right = seen.astype(wide), right.astype(wide)
    if not np.array_equal(np.isnan(seen), np.isnan(right)):
        return None, "%d NaN where %d were expected" % (np.isnan(seen).sum(), np.isnan(right).sum())
    if not nonfinite and not np.isfinite(seen).all():
        return None, "%d of %d values are infinite or NaN" % ((~np.isfinite(seen)).sum(), seen.size)
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
    errors = difference / np.where(scale > 0, scale, 1.0)  # against zeros: absolute
    worst = int(errors.argmax())
    error = float(errors[worst])
    if error <= tolerance:
        return error, None
    return error, "%.6g where %.6g was expected (relative error %.2g, allowed %.2g)" % (
        np.real(seen[worst]),
        np.real(right[worst]),
        error,
        tolerance,
    )


def _compare_exact(seen: Any, right: Any) -> Verdict:
    if seen.dtype != object:  # int4 and its kin compare only with themselves
        seen = seen.astype(np.int64) if seen.dtype.kind not in "bui" else seen
        right = right.astype(seen.dtype) if right.dtype.kind != seen.dtype.kind else right
    wrong = np.atleast_1d(seen != right)
    if not wrong.any():
        return 0.0, None
    first = int(np.argmax(wrong.reshape(-1)))
    return None, "%d of %d values differ, the first is %r where %r was expected" % (
        int(wrong.sum()),
        wrong.size,
        np.atleast_1d(seen).reshape(-1)[first],
        np.atleast_1d(right).reshape(-1)[first],
    )


def is_exact(array: Any) -> bool:
    """Whether values of this array are compared bit for bit: integers, booleans, strings."""
    if array.dtype.kind in "buiOSU":
        return True
    return array.dtype.name in ("int4", "uint4", "int2", "uint2")
