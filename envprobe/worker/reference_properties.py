"""What must hold of outputs that no one number can be demanded of: random ops, decompositions.

Each check returns what is wrong, or None. Means and spreads of n numbers are allowed five
standard errors plus the rounding of the coarsest dtype: a right generator fails one in a million.
"""

from __future__ import annotations

from typing import Any, Callable, Optional

import numpy as np

Inputs = dict[str, Any]
Attrs = dict[str, Any]
Check = Callable[[list[Any], Inputs, Attrs], Optional[str]]
COARSE = 0.02  # bfloat16's rounding of a mean near 1
TRUNCATED_SPREAD = 0.8796  # standard deviation of a normal cut off at two sigma


def _wide(output: Any) -> Any:
    output = np.asarray(output)
    return output.astype(np.complex128 if output.dtype.kind == "c" else np.float64)


def _moments(values: Any, mean: float, spread: float, low: float, high: float) -> str | None:
    error = 5.0 * spread / np.sqrt(values.size) + COARSE * max(1.0, abs(mean))
    if not np.isfinite(values).all():
        return "not all values are finite"
    if values.min() < low or values.max() > high:
        return f"values from {values.min():g} to {values.max():g}, allowed {low:g} to {high:g}"
    if abs(values.mean() - mean) > error:
        return f"mean {values.mean():g} where {mean:g} was expected"
    if abs(values.std() - spread) > error:
        return f"standard deviation {values.std():g} where {spread:g} was expected"
    return None


def _drawn(mean: float, spread: float, low: float = -np.inf, high: float = np.inf) -> Check:
    return lambda outputs, inputs, attrs: _moments(_wide(outputs[0]), mean, spread, low, high)


def _drawn_integers(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    low, high = int(inputs["minval"]), int(inputs["maxval"])
    spread = np.sqrt(((high - low) ** 2 - 1) / 12.0)
    return _moments(_wide(outputs[0]), (low + high - 1) / 2.0, spread, low, high - 1)


def _drawn_gamma(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    alpha = np.asarray(inputs["alpha"], np.float64)
    spread = np.sqrt(alpha.mean() + alpha.var())
    return _moments(_wide(outputs[0]), float(alpha.mean()), float(spread), 0.0, np.inf)


def _all_bits(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    values = np.asarray(outputs[0])
    bits = np.unpackbits(values.view(np.uint8))
    share = float(bits.mean())
    return None if abs(share - 0.5) < 0.02 else "%.0f %% of the bits are set" % (100 * share)


def _choices(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    values, logits = np.asarray(outputs[0]), inputs["logits"]
    if values.min() < 0 or values.max() >= logits.shape[1]:
        return "a class that does not exist"
    weights = np.exp(logits)
    wanted = (weights / weights.sum(1, keepdims=True)) @ np.arange(logits.shape[1])
    off = float(np.abs(values.mean(1) - wanted).max())
    # 64 draws of at most four classes: five standard errors
    return None if off < 0.95 else f"mean class is off by {off:.2g}"


def _shuffled(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    values = np.asarray(outputs[0])
    given = np.asarray(inputs["value"]).astype(values.dtype)
    if sorted(values.tolist(), key=repr) != sorted(given.tolist(), key=repr):
        return "not the same values in another order"
    same = values.dtype != bool and np.array_equal(values, given)
    return "the order has not changed" if same else None


def _hashed(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    texts, buckets = list(inputs["input"]), [int(bucket) for bucket in outputs[0]]
    if min(buckets) < 0 or max(buckets) >= attrs["num_buckets"]:
        return "a bucket that does not exist"
    distinct = len(set(zip(texts, buckets)))
    return None if distinct == len(set(texts)) else "equal strings lie in different buckets"


def _crossed(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    """One cross a row, of which the first and the last are equal: a text, or its bucket."""
    indices, crosses, shape = (np.asarray(output) for output in outputs)
    if not np.array_equal(indices, inputs["indices"]) or shape.tolist() != [3, 1]:
        return "not one cross a row"
    if crosses.dtype != object and not 0 <= crosses.min() <= crosses.max() < attrs["num_buckets"]:
        return "a bucket that does not exist"
    first, middle, last = crosses.tolist()
    if crosses.dtype == object and first != b"alpha_X_echo_X_x_X_v":  # the row's literals
        return f"the first cross is {first!r}"
    return None if first == last != middle else "crosses do not follow the values"


def _transposed(matrix: Any) -> Any:
    return np.conj(np.swapaxes(matrix, -1, -2))


def _far(seen: Any, wanted: Any, what: str, outputs: list[Any]) -> str | None:
    error, allowed = float(np.abs(seen - wanted).max()), _allowed(outputs[0])
    return None if error < allowed else f"{what} is off by {error:.2g}, allowed {allowed:.2g}"


def _allowed(output: Any) -> float:
    """What iterative algorithms leave of matrices of numbers near 1, per output dtype."""
    dtype = np.asarray(output).dtype
    if dtype in (np.float64, np.complex128):
        return 1e-6
    return 1e-3 if dtype in (np.float32, np.complex64) else 0.1


def _unorthogonal(matrix: Any, what: str, outputs: list[Any]) -> str | None:
    product = _transposed(matrix) @ matrix
    return _far(product, np.eye(matrix.shape[-1]), what + " orthogonality", outputs)


def _qr(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    q, r = (_wide(output) for output in outputs)
    wrong = _unorthogonal(q, "q's", outputs) or _far(q @ r, inputs["input"], "q @ r", outputs)
    return wrong or _far(np.tril(r, -1), 0.0, "r below the diagonal", outputs)


def _eigen(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    values, vectors = (_wide(output) for output in outputs)
    product = inputs["input"] @ vectors
    return _far(product, vectors * values[..., None, :], "matrix @ vectors", outputs)


def _self_adjoint_eigen(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    wrong = _eigen(outputs, inputs, attrs)
    return wrong or _unorthogonal(_wide(outputs[1]), "the vectors'", outputs)


def _svd(outputs: list[Any], inputs: Inputs, attrs: Attrs) -> str | None:
    s, u, v = (_wide(output) for output in outputs)
    wrong = _unorthogonal(u, "u's", outputs) or _unorthogonal(v, "v's", outputs)
    return wrong or _far(u * s[..., None, :] @ _transposed(v), inputs["input"], "u s v", outputs)


UNIFORM = _drawn(0.5, 12**-0.5, 0.0, 1.0)
NORMAL = _drawn(0.0, 1.0)
TRUNCATED = _drawn(0.0, TRUNCATED_SPREAD, -2.01, 2.01)

PROPERTIES: dict[str, Check] = {
    "Eig": _eigen,
    "Multinomial": _choices,
    "Qr": _qr,
    "RandomGamma": _drawn_gamma,
    "RandomPoissonV2": _drawn(4.0, 2.0, 0.0),
    "RandomShuffle": _shuffled,
    "RandomStandardNormal": NORMAL,
    "RandomUniform": UNIFORM,
    "RandomUniformInt": _drawn_integers,
    "SelfAdjointEigV2": _self_adjoint_eigen,
    "SparseCross": _crossed,
    "StatelessMultinomial": _choices,
    "StatelessRandomBinomial": _drawn(5.0, 2.5**0.5, 0.0, 10.0),
    "StatelessRandomGammaV3": _drawn_gamma,
    "StatelessRandomNormal": NORMAL,
    "StatelessRandomNormalV2": NORMAL,
    "StatelessRandomUniform": UNIFORM,
    "StatelessRandomUniformFullIntV2": _all_bits,
    "StatelessRandomUniformInt": _drawn_integers,
    "StatelessRandomUniformIntV2": _drawn_integers,
    "StatelessRandomUniformV2": UNIFORM,
    "StatelessShuffle": _shuffled,
    "StatelessTruncatedNormal": TRUNCATED,
    "StatelessTruncatedNormalV2": TRUNCATED,
    "TruncatedNormal": TRUNCATED,
    "StringToHashBucketStrong": _hashed,
    "Svd": _svd,
}
