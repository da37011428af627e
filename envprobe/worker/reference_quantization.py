"""Quantisation in numpy, after the formulas in the ops' own documentation."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

Inputs = dict[str, Any]
Attrs = dict[str, Any]
LEVELS = 255  # of 8 bits


def _nudged(low: Any, high: Any) -> Any:
    """The range moved so that zero is one of its levels: scale, lowest and highest value."""
    scale = (high - low) / LEVELS
    zero = np.clip(np.round(-low / scale), 0, LEVELS)
    return scale, -zero * scale, (LEVELS - zero) * scale


def _fake_quant(inputs: Inputs, attrs: Attrs) -> list[Any]:
    low = np.asarray(inputs.get("min", attrs.get("min")), np.float64)
    high = np.asarray(inputs.get("max", attrs.get("max")), np.float64)
    scale, low, high = _nudged(low, high)
    clamped = np.clip(inputs["inputs"], low, high)
    return [np.floor((clamped - low) / scale + 0.5) * scale + low]


def _fake_quant_gradient(inputs: Inputs, attrs: Attrs) -> list[Any]:
    low, high = inputs.get("min", attrs.get("min")), inputs.get("max", attrs.get("max"))
    _, low, high = _nudged(np.float64(low), np.float64(high))
    x, upstream = inputs["inputs"], inputs["gradients"]
    inside = (x >= low) & (x <= high)
    of_bounds = [upstream[x < low].sum(), upstream[x > high].sum()] if "min" in inputs else []
    return [upstream * inside, *of_bounds]


def _round_away(x: Any) -> Any:
    return np.sign(x) * np.floor(np.abs(x) + 0.5)


def _quantize(inputs: Inputs, attrs: Attrs) -> list[Any]:
    low, high = float(inputs["min_range"]), float(inputs["max_range"])
    if attrs["mode"] == "MIN_FIRST":
        scale = LEVELS / (high - low)
        lowest = np.round(low * scale)
        return [np.clip(_round_away(inputs["input"] * scale) - lowest, 0, LEVELS), low, high]
    bound = max(abs(low), abs(high))
    scale = 127 / bound
    edge = 128 / scale  # the range is widened so that -128 is used, too
    return [np.clip(_round_away(inputs["input"] * scale), -128, 127), -edge, bound]


def _dequantize(inputs: Inputs, attrs: Attrs) -> list[Any]:
    low, high = float(inputs["min_range"]), float(inputs["max_range"])
    scale = max(low / -128, high / 127)
    return [np.asarray(inputs["input"], np.float64) * scale]


def _round_trip(inputs: Inputs, attrs: Attrs) -> list[Any]:
    """Symmetric, signed, 8 bits: the range is [-128, 127] in steps of the larger ratio."""
    low, high = float(inputs["input_min"]), float(inputs["input_max"])
    scale = min(-128 / low if low < 0 else np.inf, 127 / high if high > 0 else np.inf)
    clamped = np.clip(inputs["input"], -128 / scale, 127 / scale)
    return [np.round(clamped * scale) / scale]


def _uniform_quantize(inputs: Inputs, attrs: Attrs) -> list[Any]:
    scaled = inputs["input"] / float(inputs["scales"]) + int(inputs["zero_points"])
    low, high = attrs["quantization_min_val"], attrs["quantization_max_val"]
    return [np.clip(np.floor(scaled + 0.5), low, high)]


def _uniform_dequantize(inputs: Inputs, attrs: Attrs) -> list[Any]:
    shifted = np.asarray(inputs["input"], np.float64) - int(inputs["zero_points"])
    return [shifted * float(inputs["scales"])]


REFERENCES: dict[str, Callable[[Inputs, Attrs], list[Any]]] = {
    "Dequantize": _dequantize,
    "FakeQuantWithMinMaxArgs": _fake_quant,
    "FakeQuantWithMinMaxArgsGradient": _fake_quant_gradient,
    "FakeQuantWithMinMaxVars": _fake_quant,
    "FakeQuantWithMinMaxVarsGradient": _fake_quant_gradient,
    "FakeQuantWithMinMaxVarsPerChannel": _fake_quant,
    "QuantizeAndDequantizeV2": _round_trip,
    "QuantizeAndDequantizeV3": _round_trip,
    "QuantizeAndDequantizeV4": _round_trip,
    "QuantizeV2": _quantize,
    "UniformDequantize": _uniform_dequantize,
    "UniformQuantize": _uniform_quantize,
}
