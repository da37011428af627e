"""The numbers that composites are fed with: seeded, never zero, exact in every float dtype."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import tensorflow as tf

from ..subject import NotApplicable

# Eight significant bits are exact in bfloat16, float16, float32 and float64 alike: the cell and
# its float64 reference then see the same inputs, and a difference is the kernel's own.
SIGNIFICANT_BITS = 8
SMALLEST = 2.0**-6


class Arrays:
    """A stream of arrays that is the same for one op in every dtype, mode and process."""

    def __init__(self, cell: dict[str, Any]) -> None:
        self._random = np.random.default_rng(zlib.crc32(str(cell["op"]).encode()))
        self.dtype = tf.as_dtype(cell["dtype"])

    def normal(self, *shape: int, scale: float = 1.0) -> Any:
        """Normally distributed float64 array; large ones repeat a block, drawing is slow."""
        count = int(np.prod(shape))
        block = exact(self._random.normal(size=min(count, 1 << 16)) * scale)
        return np.resize(block, shape)

    def signs(self, *shape: int, magnitude: float = 1.0) -> Any:
        """Array of +magnitude and -magnitude: keeps what follows away from a ReLU's kink, where
        one rounding more or less would flip a whole gradient."""
        return np.where(self._random.random(size=shape) < 0.5, -magnitude, magnitude)

    def integers(self, high: int, *shape: int) -> Any:
        """int64 array of numbers from 0 to high - 1."""
        return self._random.integers(0, high, size=shape, dtype=np.int64)

    def tensor(self, array: Any, dtype: Any = None) -> Any:
        """The array as a tensor of the cell's dtype on the current device."""
        return constant(array, dtype or self.dtype)

    def normal_tensor(self, *shape: int, scale: float = 1.0) -> Any:
        """`normal` as a tensor of the cell's dtype."""
        return self.tensor(self.normal(*shape, scale=scale))


def exact(array: Any) -> Any:
    """The nearest numbers with eight significant bits, none nearer to zero than 2**-6."""
    away = np.where(np.abs(array) < SMALLEST, np.copysign(SMALLEST, array), array)
    mantissa, exponent = np.frexp(away)
    scale = 2.0**SIGNIFICANT_BITS
    return np.ldexp(np.round(mantissa * scale) / scale, exponent)


def constant(array: Any, dtype: Any) -> Any:
    """The array as a tensor of that dtype on the current device."""
    dtype = tf.as_dtype(dtype)
    return tf.constant(np.asarray(array).astype(dtype.as_numpy_dtype), dtype=dtype)


def not_compiled(cell: dict[str, Any], reason: str) -> None:
    """Says that a cell in mode xla asks nothing sensible of this probe."""
    if cell["mode"] == "xla":
        raise NotApplicable(reason)


def size(cell: dict[str, Any], name: str, tested: int, timed: int, timed_on_cpu: int = 0) -> int:
    """A size of the probe: from the cell's attributes, else small for support, real for timing.

    `timed_on_cpu` is for probes that would take seconds in a CPU's emulated float16.
    """
    chosen = cell["attrs"].get(name)
    if chosen is not None:
        return int(chosen)
    if not cell.get("timed"):
        return tested
    on_cpu = str(cell["device"]).startswith("CPU")
    return timed_on_cpu if on_cpu and timed_on_cpu else timed
