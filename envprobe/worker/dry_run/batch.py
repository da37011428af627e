"""One batch of real numbers: made from the question's specs, or given by the data function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

from ..model.data import DEFAULT_BATCH
from ..model.failure import RefusedError

Answer = dict[str, Any]
# What stands for a size that is not known, beside the batch: small, and even in every convolution.
OPEN_SIZE = 32
_WORDS = ("the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "today")


class Values:
    """One tensor of the batch with the range that its values are from, where one was given."""

    def __init__(self, array: Any, low: float | None = None, high: float | None = None) -> None:
        self.array = array
        self.low = low
        self.high = high

    def with_array(self, array: Any) -> Values:
        """The same range around other numbers."""
        return Values(array, self.low, self.high)


class Batch:
    """What `fit` or `predict` takes: structures of `Values`.

    `x` is None where `whole` is the batch, a dataset or what a generator gave: it is fed as it
    came, and no other is made from it. `specs` are those of a real batch.
    """

    def __init__(self, x: Any, y: Any = None, whole: Any = None) -> None:
        self.specs: Any = None
        self.x = x
        self.y = y
        self.whole = whole

    def size(self, tf: Any) -> int | None:
        """How many samples there are."""
        shapes = [one.array.shape for one in tf.nest.flatten(self.x) if len(one.array.shape)]
        return int(shapes[0][0]) if shapes else None

    def plain(self, tf: Any) -> tuple[Any, Any]:
        """x and y as arrays in their structures."""
        return _arrays(tf, self.x), _arrays(tf, self.y)

    def mapped(self, tf: Any, x: Callable[[Values], Any], y: Callable[[Values], Any]) -> Batch:
        """The same batch with other arrays."""
        change = tf.nest.map_structure
        return Batch(
            change(lambda one: one.with_array(x(one)), self.x),
            None if self.y is None else change(lambda one: one.with_array(y(one)), self.y),
        )

    def described(self, tf: Any) -> list[Answer]:
        """Dtype, shape and range of each of its tensors, in the order in which they are fed."""
        if self.x is None:
            return []
        return [
            {
                "dtype": getattr(one.array.dtype, "name", str(one.array.dtype)),
                "shape": [None if size is None else int(size) for size in one.array.shape],
                "low": one.low,
                "high": one.high,
            }
            for one in tf.nest.flatten((self.x, [] if self.y is None else self.y))
        ]


def batch_of_specs(tf: Any, inputs: list[Answer], targets: list[Answer], size: Any) -> Batch:
    """Random numbers of these specs, the same each time.

    Floats lie in [0, 1) and whole numbers are 0 or 1 where no range was given.
    """
    import numpy as np

    random = np.random.default_rng(0)

    def made(spec: Answer) -> Values:
        shape = _sizes(spec["shape"], size)
        array = _drawn(tf, np, random, spec, shape)
        return Values(array, spec.get("low"), spec.get("high"))

    return Batch(
        _packed(inputs, [made(one) for one in inputs]),
        _packed(targets, [made(one) for one in targets]),
    )


def batch_of_data(tf: Any, made: Any) -> Batch:
    """The one real batch that the user's data function gives."""
    if isinstance(made, tf.data.Dataset):
        return Batch(None, whole=made.take(1))
    lazily = isinstance(made, Iterator)
    batch = next(made, None) if lazily else made
    if batch is None:
        raise RefusedError("the data function yields nothing: expected one batch (x, y)")
    pair = batch if isinstance(batch, (tuple, list)) else (batch,)
    if lazily or len(pair) > 2:
        return Batch(None, whole=batch)
    x, y = (*pair, None)[:2]
    return Batch(_taken(tf, x), None if y is None else _taken(tf, y))


def _taken(tf: Any, structure: Any) -> Any:
    return tf.nest.map_structure(
        lambda one: Values(one if hasattr(one, "shape") else tf.convert_to_tensor(one)), structure
    )


def _arrays(tf: Any, structure: Any) -> Any:
    return None if structure is None else tf.nest.map_structure(lambda one: one.array, structure)


def _packed(specs: list[Answer], values: list[Values]) -> Any:
    if not values:
        return None
    if all(spec["name"] for spec in specs):
        return {spec["name"]: one for spec, one in zip(specs, values)}
    return values[0] if len(values) == 1 else list(values)


def _sizes(shape: Any, batch: Any) -> tuple[int, ...]:
    """The shape with numbers for what is not known: the batch first, a small size elsewhere."""
    sizes: list[int] = [OPEN_SIZE if size is None else int(size) for size in shape]
    if sizes and shape[0] is None:
        sizes[0] = int(batch or DEFAULT_BATCH)
    return tuple(sizes)


def _drawn(tf: Any, np: Any, random: Any, spec: Answer, shape: tuple[int, ...]) -> Any:
    dtype, low, high = spec["dtype"], spec.get("low"), spec.get("high")
    if dtype == "string":
        texts = [" ".join(random.choice(_WORDS, size=5)) for _ in range(int(np.prod(shape)))]
        return tf.constant(np.array(texts, dtype=object).reshape(shape))
    if dtype == "bool":
        return random.integers(0, 2, size=shape).astype(bool)
    if low is None or high is None:
        low, high = (0, 2) if dtype.startswith(("int", "uint")) else (0.0, 1.0)
    if low == high:
        array = np.full(shape, low)
    elif dtype.startswith(("int", "uint")):
        array = random.integers(int(low), int(high), size=shape)
    elif dtype.startswith("complex"):
        array = random.uniform(low, high, size=shape) + 1j * random.uniform(low, high, size=shape)
    else:
        array = random.uniform(low, high, size=shape)
    return as_dtype(tf, np, array, dtype)


def as_dtype(tf: Any, np: Any, array: Any, dtype: str) -> Any:
    """The array in that dtype; a tensor where numpy itself does not know it."""
    try:
        return array.astype(np.dtype(dtype))
    except TypeError:  # bfloat16, float8, int4
        return tf.cast(tf.constant(array), tf.as_dtype(dtype))
