"""FLOPs and bytes of one execution from the formulas of a row and the shapes of its tensors."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import simpleeval

from envprobe.errors import FileFormatError

Shapes = Mapping[str, Sequence[Any]]

# Storage in memory; int4 and uint4 take a byte each outside XLA.
_BITS = re.compile(r"(\d+)$")
_ITEMSIZE = {"bool": 1, "int4": 1, "uint4": 1, "string": 24}  # TString is 24 bytes


def evaluate(formula: str, shapes: Shapes, *, itemsize: int = 4) -> float:
    """The number that a formula of a row (`flops`, `bytes`) gives for these shapes.

    `shapes` maps a tensor's name to its shape; those of a list are `values:0`, `values:1` … and
    stand in the formula as `values[0]`. `output` is the shape of `output:0`, `outputs` all of
    them, `itemsize` the bytes of an element of the cell's dtype. Functions: size(shape), the
    number of elements; prod(shape), the same; log2. Raises FileFormatError for a formula that
    cannot be evaluated.
    """
    evaluator = simpleeval.SimpleEval(
        names=_names(shapes, itemsize),
        functions={"size": math.prod, "prod": math.prod, "log2": math.log2},
    )
    try:
        return float(evaluator.eval(formula))
    except Exception as error:
        known = ", ".join(sorted(_names(shapes, itemsize)))
        raise FileFormatError(
            f"formula {formula!r} cannot be evaluated ({error}): it may use {known}, "
            "size(), prod() and log2()"
        ) from error


def itemsize_of(dtype: str) -> int:
    """Bytes of one element in memory."""
    if dtype in _ITEMSIZE:
        return _ITEMSIZE[dtype]
    if dtype.startswith("float8"):
        return 1
    bits = _BITS.search(dtype)
    return int(bits.group(1)) // 8 if bits else 4


def _names(shapes: Shapes, itemsize: int) -> dict[str, Any]:
    names: dict[str, Any] = {"itemsize": itemsize}
    for name, shape in shapes.items():
        stem, _, index = name.partition(":")
        if not index:
            names[name] = list(shape)
            continue
        listed = "outputs" if stem == "output" else stem
        names.setdefault(listed, []).append(list(shape))
    if names.get("outputs"):
        names["output"] = names["outputs"][0]
    return names
