"""Batches that come up in training sooner or later: the last smaller one, one class, all zeros."""

from __future__ import annotations

from typing import Any, Callable

from .batch import Batch, Values, as_dtype

Edge = tuple[Batch, int]  # the samples, and how many of them make a batch
_FLOATS = ("float", "bfloat")
_INTEGERS = ("int", "uint")


def edges_of(tf: Any, batch: Batch, model: Any) -> dict[str, Callable[[], Edge]]:
    """The batches that make sense for these dtypes and ranges, by what is said of them."""
    size = batch.size(tf) if batch.x is not None else None
    if size is None:
        return {}
    found: dict[str, Callable[[], Edge]] = {}
    if batch.y is not None:
        shares = _classes_are_shares(model)
        for told, value in (("lowest", _lowest), ("highest", _highest)):
            if _all_can(tf, batch.y, value) and not shares:
                found[f"all targets {_told(tf, batch, value, told)}"] = _target(
                    tf, batch, value, size
                )
        if shares:
            found["all targets of one class"] = _first_target(tf, batch, size)
    if _all_can(tf, batch.x, _zero):
        found["all inputs zero"] = _input(tf, batch, _zero, size)
    for rest in sorted({1, size - 1} - {0, size}):
        found[f"a last batch of {rest} after batches of {size}"] = _longer(tf, batch, size, rest)
    return found


def _classes_are_shares(model: Any) -> bool:
    """Whether a target is a distribution over classes, of which no share can be set alone."""
    loss = getattr(model, "loss", None)
    told = str(getattr(loss, "name", None) or getattr(loss, "__name__", None) or loss).lower()
    return ("categorical" in told and "sparse" not in told) or "kl" in told


def _told(tf: Any, batch: Batch, value: Callable[[Values], Any], otherwise: str) -> str:
    values = {value(one) for one in tf.nest.flatten(batch.y)}
    return f"{values.pop():g}" if len(values) == 1 else f"at their {otherwise} value"


def _zero(one: Values) -> float | None:
    if not _name(one).startswith(_FLOATS + _INTEGERS):
        return None
    return 0 if one.low is None or one.low <= 0 < (one.high or 0) else None


def _lowest(one: Values) -> float | None:
    name = _name(one)
    if name == "bool" or (name.startswith(_FLOATS + _INTEGERS) and one.low is None):
        return 0
    return one.low if name.startswith(_FLOATS + _INTEGERS) else None


def _highest(one: Values) -> float | None:
    """The last whole number of the range; a float's range has no highest number."""
    name = _name(one)
    if name == "bool" or (name.startswith(_FLOATS + _INTEGERS) and one.low is None):
        return 1
    if name.startswith(_INTEGERS) and one.high is not None:
        return max(one.low or 0, one.high - 1)
    return None


def _name(one: Values) -> str:
    return getattr(one.array.dtype, "name", str(one.array.dtype))


def _all_can(tf: Any, structure: Any, value: Callable[[Values], Any]) -> bool:
    flat = tf.nest.flatten(structure)
    constant = all(one.low is not None and one.low == one.high for one in flat)
    return not constant and all(value(one) is not None for one in flat)


def _filled(tf: Any, value: Callable[[Values], Any]) -> Callable[[Values], Any]:
    import numpy as np

    def fill(one: Values) -> Any:
        return as_dtype(tf, np, np.full(tuple(one.array.shape), value(one)), _name(one))

    return fill


def _same(one: Values) -> Any:
    return one.array


def _target(tf: Any, batch: Batch, value: Any, size: int) -> Callable[[], Edge]:
    return lambda: (batch.mapped(tf, _same, _filled(tf, value)), size)


def _input(tf: Any, batch: Batch, value: Any, size: int) -> Callable[[], Edge]:
    return lambda: (batch.mapped(tf, _filled(tf, value), _same), size)


def _first_target(tf: Any, batch: Batch, size: int) -> Callable[[], Edge]:
    def repeated(one: Values) -> Any:
        return tf.repeat(tf.convert_to_tensor(one.array)[:1], size, axis=0)

    return lambda: (batch.mapped(tf, _same, repeated), size)


def _longer(tf: Any, batch: Batch, size: int, rest: int) -> Callable[[], Edge]:
    """As `fit` meets it: a whole batch and then a smaller one, in one epoch."""

    def longer(one: Values) -> Any:
        whole = tf.convert_to_tensor(one.array)
        return tf.concat([whole, whole[:rest]], axis=0)

    return lambda: (batch.mapped(tf, longer, longer), size)
