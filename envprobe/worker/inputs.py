"""Input data by the name of its generator: random, seeded, never zeros, fair to every dtype.

The same seed gives the same numbers for float16 and for float64, so that a cell and its
reference differ in precision only. Generators whose numbers a discontinuous op looks at
(`distinct`, `sorted`, …) give values that all float dtypes down to bfloat16 hold exactly:
rounding makes no ties that were not there.
"""

from __future__ import annotations

import zlib
from typing import Any, Callable

import numpy as np

Generator = Callable[[np.random.Generator, dict[str, Any]], Any]

WORDS = ("alpha", "Bravo", " charlie ", "delta7", "echo echo", "Foxtrot", "golf", "hotel")
SMALLEST = 0.05  # a random value nearer to zero than this is moved out to it


def make(spec: dict[str, Any], seed: str) -> Any:
    """One array for an input spec (`envprobe/ops/row.py`, its dtype resolved).

    Its dtype is float64, complex128, int64, bool or object (strings) by the kind of the spec's
    dtype; the caller rounds it to that dtype. The seed of a tensor in a list input ends with
    `/` and its index, by which it finds its own literal. Raises KeyError for an unknown generator.
    """
    literal = spec.get("literal")
    if literal is not None and spec.get("values") != "table":
        if spec.get("count", 1) > 1:
            literal = literal[int(seed.rsplit("/", 1)[-1])]
        return _literal(literal, kind_of(spec.get("dtype", "float32")))
    rng = np.random.default_rng(zlib.crc32(seed.encode()))
    kind = kind_of(spec.get("dtype", "float32"))
    generator = "string" if kind == "string" else spec.get("values", "normal")
    if generator == "string" and kind != "string":
        generator = "normal"  # what an op of strings is asked in another dtype
    return _to_kind(GENERATORS[generator](rng, spec), kind)


def kind_of(dtype: str) -> str:
    """`float`, `int`, `uint`, `complex`, `bool` or `string`: what the numbers of a dtype are."""
    name = dtype[1:] if dtype.startswith(("qint", "quint")) else dtype
    for kind in ("float", "int", "uint", "complex", "bool", "string"):
        if name.startswith(kind):
            return kind
    return "float"  # bfloat16


def _literal(value: Any, kind: str) -> Any:
    array = np.asarray(value)
    if kind == "string":
        texts = [str(item).encode() for item in array.reshape(-1).tolist()]
        return np.array(texts, dtype=object).reshape(array.shape)
    if array.dtype.kind == "U":
        array = np.ones(array.shape)  # what an op of strings is asked in another dtype
    return _to_kind(array, kind)


def _to_kind(values: Any, kind: str) -> Any:
    if values.dtype == object or kind == "string":
        return values
    if kind == "bool":
        return values.astype(bool)
    if kind in ("int", "uint"):
        real = np.real(values).astype(np.float64)
        # What was not zero does not become it.
        whole = (np.sign(real) * np.maximum(1, np.round(np.abs(real)))).astype(np.int64)
        return np.abs(whole) if kind == "uint" else whole
    return values.astype(np.complex128 if kind == "complex" else np.float64)


def _shape(spec: dict[str, Any]) -> Any:
    return tuple(spec.get("shape", ()))


def _bounds(spec: dict[str, Any], low: float, high: float) -> Any:
    seen_low, seen_high = spec.get("low"), spec.get("high")
    return low if seen_low is None else seen_low, high if seen_high is None else seen_high


def _signs(rng: Any, shape: Any) -> Any:
    return np.where(rng.random(shape) < 0.5, -1.0, 1.0)


def _normal(rng: Any, spec: dict[str, Any]) -> Any:
    shape, kind = _shape(spec), kind_of(spec.get("dtype", "float32"))
    if kind == "bool":
        return _bool(rng, spec)
    if kind == "uint":
        return rng.integers(1, 5, shape)
    if kind == "int":
        return rng.integers(1, 4, shape) * _signs(rng, shape)
    values = _real_normal(rng, shape)
    return values + 1j * _real_normal(rng, shape) if kind == "complex" else values


def _real_normal(rng: Any, shape: Any) -> Any:
    values = np.clip(rng.standard_normal(shape), -3.0, 3.0)
    return np.where(np.abs(values) < SMALLEST, np.copysign(SMALLEST, values), values)


def _uniform(rng: Any, spec: dict[str, Any]) -> Any:
    low, high = _bounds(spec, 0.1, 1.0)
    if kind_of(spec.get("dtype", "float32")) in ("int", "uint"):
        first = int(np.ceil(low))
        return rng.integers(first, max(int(np.floor(high)), first) + 1, _shape(spec))
    return rng.uniform(low, high, _shape(spec))


def _positive(rng: Any, spec: dict[str, Any]) -> Any:
    if kind_of(spec.get("dtype", "float32")) in ("int", "uint"):
        return rng.integers(1, 5, _shape(spec))
    return rng.uniform(*_bounds(spec, 0.5, 2.0), _shape(spec))


def _unit(rng: Any, spec: dict[str, Any]) -> Any:
    """Inside (-1, 1), away from -1, 0 and 1; complex numbers lie inside the unit circle."""
    shape = _shape(spec)
    if kind_of(spec.get("dtype", "float32")) in ("int", "uint"):
        return _nonzero(rng, spec)
    values = rng.uniform(0.1, 0.9, shape) * _signs(rng, shape)
    if kind_of(spec.get("dtype", "float32")) == "complex":
        return 0.6 * values + 0.6j * rng.uniform(0.1, 0.9, shape)
    return values


def _nonzero(rng: Any, spec: dict[str, Any]) -> Any:
    """Away from zero, of either sign: what may stand under a fraction line."""
    shape, kind = _shape(spec), kind_of(spec.get("dtype", "float32"))
    if kind in ("int", "uint"):
        values = rng.integers(1, 4, shape)
        return values if kind == "uint" else values * _signs(rng, shape)
    values = rng.uniform(0.5, 2.0, shape) * _signs(rng, shape)
    return values + 1j * rng.uniform(0.5, 2.0, shape) if kind == "complex" else values


def _distinct(rng: Any, spec: dict[str, Any]) -> Any:
    """Different odd multiples of 1/8 around zero, shuffled: no ties, none on an integer.

    Up to 256 values are exact in bfloat16; integers are 1, 2, … (halved around zero if signed).
    """
    shape, kind = _shape(spec), kind_of(spec.get("dtype", "float32"))
    size = int(np.prod(shape, dtype=np.int64))
    order = rng.permutation(size)
    if kind == "uint":
        return (order + 1).reshape(shape)
    if kind == "int":
        half = order - size // 2
        return np.where(half >= 0, half + 1, half).reshape(shape)
    values = ((2 * order + 1 - size - size % 2) / 8.0).reshape(shape)
    return values + 1j * values if kind == "complex" else values


def _fractional(rng: Any, spec: dict[str, Any]) -> Any:
    """n + 1/4 or n + 3/4 for small n: clear of the jumps of floor, ceil and round."""
    shape = _shape(spec)
    return rng.integers(-4, 4, shape) + np.where(rng.random(shape) < 0.5, 0.25, 0.75)


def _sorted(rng: Any, spec: dict[str, Any]) -> Any:
    return np.sort(_distinct(rng, spec), axis=-1)


def _index(rng: Any, spec: dict[str, Any]) -> Any:
    """Valid indices 0 <= i < high, the last one among them, so that they are never all zero."""
    low, high = _bounds(spec, 0, 2)
    values = rng.integers(int(low), int(high), _shape(spec))
    values.reshape(-1)[-1:] = int(high) - 1
    return values


def _index_unique(rng: Any, spec: dict[str, Any]) -> Any:
    shape = _shape(spec)
    size = int(np.prod(shape, dtype=np.int64))
    return rng.permutation(int(_bounds(spec, 0, size)[1]))[:size].reshape(shape)


def _segment_ids(rng: Any, spec: dict[str, Any]) -> Any:
    """Sorted ids that name each of `high` segments at least once."""
    size, segments = _shape(spec)[0], int(_bounds(spec, 0, 2)[1])
    extra = rng.integers(0, segments, size - segments)
    return np.sort(np.concatenate([np.arange(segments), extra]))


def _permutation(rng: Any, spec: dict[str, Any]) -> Any:
    return rng.permutation(_shape(spec)[-1])


def _bool(rng: Any, spec: dict[str, Any]) -> Any:
    values = rng.random(_shape(spec)) < 0.5
    values.reshape(-1)[:1] = True  # never all false
    return values


def _probabilities(rng: Any, spec: dict[str, Any]) -> Any:
    values = rng.uniform(0.2, 1.0, _shape(spec))
    return values / values.sum(axis=-1, keepdims=True)


def _one_hot(rng: Any, spec: dict[str, Any]) -> Any:
    shape = _shape(spec)
    return np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]


def _string(rng: Any, spec: dict[str, Any]) -> Any:
    picks = rng.integers(0, len(WORDS), _shape(spec))
    return np.array([WORDS[i].encode() for i in picks.reshape(-1)], dtype=object).reshape(
        picks.shape
    )


def _matrix(rng: Any, spec: dict[str, Any]) -> Any:
    """Well-conditioned square matrices: diagonally dominant, of either sign off the diagonal."""
    shape = _shape(spec)
    values = rng.uniform(-1.0, 1.0, shape) / shape[-1]
    if kind_of(spec.get("dtype", "float32")) == "complex":
        values = values + 1j * rng.uniform(-1.0, 1.0, shape) / shape[-1]
    return values + np.eye(shape[-1]) * np.linspace(1.0, 2.0, shape[-1])


def _spd(rng: Any, spec: dict[str, Any]) -> Any:
    """Symmetric (Hermitian) positive definite, with eigenvalues that lie apart."""
    values = _matrix(rng, spec)
    return values @ np.conj(np.swapaxes(values, -1, -2))


def _triangular(rng: Any, spec: dict[str, Any]) -> Any:
    """Lower triangular with a diagonal from 1 to 2."""
    return np.tril(_matrix(rng, spec))


def _orthogonal(rng: Any, spec: dict[str, Any]) -> Any:
    return np.linalg.qr(_matrix(rng, spec))[0]


def _boxes(rng: Any, spec: dict[str, Any]) -> Any:
    """[y1, x1, y2, x2] in normalised coordinates, multiples of 1/16, each with an area."""
    shape = _shape(spec)
    corner = rng.integers(0, 8, (*shape[:-1], 2))
    size = rng.integers(3, 9, (*shape[:-1], 2))
    return np.concatenate([corner, corner + size], axis=-1) / 16.0


def _spectrum(rng: Any, spec: dict[str, Any]) -> Any:
    """The half spectrum of a real signal along the last axis, as `IRFFT` expects it."""
    shape = _shape(spec)
    return np.fft.rfft(_real_normal(rng, (*shape[:-1], 2 * (shape[-1] - 1))))


def _variable(rng: Any, spec: dict[str, Any]) -> Any:
    """The value that a resource variable has before the op: normal, or uniform if bounded."""
    bounded = spec.get("low") is not None or spec.get("high") is not None
    return _uniform(rng, spec) if bounded else _normal(rng, spec)


def _table(rng: Any, spec: dict[str, Any]) -> Any:
    """The int64 values that the keys 0, 1, … of a lookup table have before the op."""
    return rng.permutation(_shape(spec)[0]) + 10


GENERATORS: dict[str, Generator] = {
    "bool": _bool,
    "boxes": _boxes,
    "distinct": _distinct,
    "fractional": _fractional,
    "index": _index,
    "index_unique": _index_unique,
    "matrix": _matrix,
    "nonzero": _nonzero,
    "normal": _normal,
    "one_hot": _one_hot,
    "orthogonal": _orthogonal,
    "permutation": _permutation,
    "positive": _positive,
    "probabilities": _probabilities,
    "segment_ids": _segment_ids,
    "sorted": _sorted,
    "spd": _spd,
    "spectrum": _spectrum,
    "string": _string,
    "table": _table,
    "triangular": _triangular,
    "uniform": _uniform,
    "unit": _unit,
    "variable": _variable,
}
