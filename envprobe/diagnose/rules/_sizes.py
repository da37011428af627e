"""Amounts of memory as logs spell them, and as people read them."""

from __future__ import annotations

import math
import re

from envprobe.diagnose.rules._dtypes import dtype_name

# `17.32GiB`, `10.92G`, `18.00MiB`, `512B`, `74.5 GiB`, `2.0K`.
SIZE = r"[0-9][0-9.,]* ?(?:[KMGTP]i?)?(?:B|bytes)?"
AMOUNT = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\.? ?([KMGTP]?)", re.ASCII)
POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")
DTYPE_BITS = re.compile(r"[a-z]+?([0-9]+)(?:_|$)")
MEBIBYTE = 2**20
# More than any computer gives to one tensor.
ABSURD_BYTES = 2**42


def bytes_of(text: str | None) -> int | None:
    """How many bytes `17.32GiB` are; as in TensorFlow's messages, G is 2^30."""
    found = AMOUNT.match(text.strip()) if text else None
    if not found:
        return None
    return round(float(found[1].replace(",", "")) * float(1024 ** POWERS[found[2].upper()]))


def amount(size_bytes: float) -> str:
    """`2.44 GiB`."""
    power = min(int(math.log(size_bytes, 1024)), len(UNITS) - 1) if size_bytes >= 1 else 0
    return f"{size_bytes / 1024**power:.{2 if power else 0}f} {UNITS[power]}"


def shape_of(text: str) -> tuple[int, ...] | None:
    """The dimensions of `64,128,256`; None where one is unknown."""
    parts = [part for part in re.split(r"[ ,x]+", text.strip("[]() ")) if part]
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else None


def tensor_bytes(shape: str | None, dtype: str | None) -> int | None:
    """What a tensor takes, where its shape and its dtype are told."""
    dimensions = shape_of(shape) if shape else None
    if dimensions is None or not dtype:
        return None
    name = dtype_name(dtype)
    found = DTYPE_BITS.match(name)
    bits = 8 if name == "bool" else int(found[1]) if found else None
    return math.prod(dimensions) * bits // 8 if bits else None
