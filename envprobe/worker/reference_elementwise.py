"""Elementwise arithmetic, comparisons, logic and bits in numpy."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

Reference = Callable[[dict[str, Any], dict[str, Any]], list[Any]]


def _unary(function: Callable[[Any], Any], name: str = "x") -> Reference:
    return lambda inputs, attrs: [function(inputs[name])]


def _binary(function: Callable[[Any, Any], Any]) -> Reference:
    return lambda inputs, attrs: [function(inputs["x"], inputs["y"])]


def _truncated_quotient(x: Any, y: Any) -> Any:
    """Division towards zero, as C++ divides integers; exact division for floats."""
    if np.asarray(x).dtype.kind not in "iu":
        return x / y
    wide_x, wide_y = np.asarray(x, np.int64), np.asarray(y, np.int64)
    return np.sign(wide_x) * np.sign(wide_y) * (np.abs(wide_x) // np.abs(wide_y))


def _truncate_div(x: Any, y: Any) -> Any:
    return np.trunc(_truncated_quotient(x, y))


def _population_count(x: Any) -> Any:
    width = x.dtype.itemsize
    bits = np.unpackbits(np.ascontiguousarray(x).view(np.uint8).reshape(*x.shape, width), axis=-1)
    return bits.sum(axis=-1)


def _approximately_equal(inputs: dict[str, Any], attrs: dict[str, Any]) -> list[Any]:
    return [np.abs(inputs["x"] - inputs["y"]) < attrs["tolerance"]]


def _next_after(inputs: dict[str, Any], attrs: dict[str, Any]) -> list[Any]:
    return [np.nextafter(inputs["x1"], inputs["x2"])]


def _complex(inputs: dict[str, Any], attrs: dict[str, Any]) -> list[Any]:
    return [inputs["real"] + 1j * inputs["imag"]]


def _cast(inputs: dict[str, Any], attrs: dict[str, Any]) -> list[Any]:
    import tensorflow as tf

    x, target = np.asarray(inputs["x"]), tf.dtypes.as_dtype(attrs["DstT"])
    if target.is_complex:
        return [x.astype(np.complex128)]
    x = np.real(x)
    if target.is_bool:
        return [x != 0]
    if target.is_integer:
        return [np.trunc(x).astype(np.int64)]
    return [x.astype(target.as_numpy_dtype).astype(np.float64)]


REFERENCES: dict[str, Reference] = {
    "AccumulateNV2": lambda inputs, attrs: [sum(inputs["inputs"])],
    "Angle": _unary(np.angle, "input"),
    "ApproximateEqual": _approximately_equal,
    "BitwiseAnd": _binary(np.bitwise_and),
    "BitwiseOr": _binary(np.bitwise_or),
    "BitwiseXor": _binary(np.bitwise_xor),
    "Cast": _cast,
    "Complex": _complex,
    "ComplexAbs": _unary(np.abs),
    "Div": _binary(_truncated_quotient),
    "Equal": _binary(np.equal),
    "FloorDiv": _binary(np.floor_divide),
    "FloorMod": _binary(np.mod),
    "Greater": _binary(np.greater),
    "GreaterEqual": _binary(np.greater_equal),
    "Imag": _unary(np.imag, "input"),
    "Invert": _unary(np.invert),
    "IsFinite": _unary(np.isfinite),
    "IsInf": _unary(np.isinf),
    "IsNan": _unary(np.isnan),
    "LeftShift": _binary(np.left_shift),
    "Less": _binary(np.less),
    "LessEqual": _binary(np.less_equal),
    "LogicalAnd": _binary(np.logical_and),
    "LogicalNot": _unary(np.logical_not),
    "LogicalOr": _binary(np.logical_or),
    "Mod": _binary(np.fmod),
    "NextAfter": _next_after,
    "NotEqual": _binary(np.not_equal),
    "PopulationCount": _unary(_population_count),
    "Real": _unary(np.real, "input"),
    "RightShift": _binary(np.right_shift),
    "TruncateDiv": _binary(_truncate_div),
    "TruncateMod": _binary(np.fmod),
}
