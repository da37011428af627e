"""How far a right number may be from its reference, per dtype.

The worker's measure is the largest |a - b| / (|b| + rms(b)) over the elements. A kernel rounds
its result to the dtype (half an epsilon) and may add up in it, so that errors grow with the
number of additions; each tolerance is a multiple of the machine epsilon that leaves room for
the tens to hundreds of additions of the catalog's small shapes, and stays far below what a wrong
formula, a skipped element or a stale buffer gives.
"""

from __future__ import annotations

# dtype -> (machine epsilon, multiple, why this multiple)
_FLOATS: dict[str, tuple[float, float, str]] = {
    "float64": (2.0**-52, 4.5e6, "1e-9: room for iterative algorithms, still nine digits"),
    "float32": (2.0**-23, 839.0, "1e-4: polynomial approximations and sums in another order"),
    "float16": (2.0**-10, 10.24, "1e-2: rounding of intermediate results, sums mostly in float32"),
    "bfloat16": (2.0**-7, 7.68, "6e-2: 8 bits of significand; some kernels round at every step"),
    "float8_e4m3fn": (2.0**-3, 1.0, "one unit in the last place: only conversions exist"),
    "float8_e5m2": (2.0**-2, 1.0, "one unit in the last place: only conversions exist"),
}
_PARTS = {"complex64": "float32", "complex128": "float64"}
_OF_EXACT = "float32"  # a mean, a resized image, a number read from a string


def tolerance_of(dtype: str) -> float:
    """The largest relative error of a right result of a cell in this dtype.

    Integers, booleans and strings have to be equal whatever it says; theirs holds for the floats
    that some ops make of them.
    """
    epsilon, multiple, _ = _FLOATS[_float_of(dtype)]
    return epsilon * multiple


def reason_of(dtype: str) -> str:
    """Why the tolerance of this dtype is what it is, in one line."""
    epsilon, multiple, why = _FLOATS[_float_of(dtype)]
    reason = f"{multiple:g} times the machine epsilon {epsilon:.3g}, {why}"
    return reason if is_inexact(dtype) else f"equal; floats made of it: {reason}"


def is_inexact(dtype: str) -> bool:
    """Whether numbers of this dtype are compared within a tolerance at all."""
    return dtype in _FLOATS or dtype in _PARTS


def _float_of(dtype: str) -> str:
    return _PARTS.get(dtype, dtype if dtype in _FLOATS else _OF_EXACT)
