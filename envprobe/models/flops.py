"""FLOPs and bytes of one run of a node, from its shapes and attributes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from envprobe.models.oplist import Requirement, Shape, Tensor

Sizes = Sequence[int]
_ITEMSIZE = {"bool": 1, "int4": 1, "uint4": 1, "string": 24, "resource": 0, "variant": 0}
# Nothing is computed here: numbers are moved, named or made up.
_MOVES = {
    "Identity", "IdentityN", "Reshape", "Squeeze", "ExpandDims", "Shape", "ShapeN", "Rank",
    "Size", "Const", "Transpose", "Concat", "ConcatV2", "Split", "SplitV", "Slice",
    "StridedSlice", "StridedSliceGrad", "Pad", "PadV2", "MirrorPad", "Pack", "Unpack", "Gather",
    "GatherV2", "GatherNd", "ScatterNd", "Tile", "BroadcastTo", "BroadcastArgs",
    "BroadcastGradientArgs", "Fill", "ZerosLike", "OnesLike", "Range", "Cast", "StopGradient",
    "PreventGradient", "ReadVariableOp", "AssignVariableOp", "VarHandleOp", "ResourceGather",
    "Snapshot", "Bitcast", "Where", "ReverseV2", "InvertPermutation", "DynamicStitch", "If",
    "While", "StatelessIf", "StatelessWhile", "Case", "StatelessCase", "Assert", "NoOp", "Select",
    "SelectV2", "OneHot",
}  # fmt: skip
_REDUCTIONS = {
    "Sum", "Mean", "Prod", "Max", "Min", "All", "Any", "ArgMax", "ArgMin", "L2Loss", "SegmentSum",
    "UnsortedSegmentSum", "BiasAddGrad", "Cumsum", "Cumprod",
}  # fmt: skip
# FLOPs an element of the first input, as these are usually counted.
_PER_ELEMENT = {
    "Softmax": 5, "LogSoftmax": 5, "SoftmaxCrossEntropyWithLogits": 8,
    "SparseSoftmaxCrossEntropyWithLogits": 8, "FusedBatchNorm": 8, "FusedBatchNormV2": 8,
    "FusedBatchNormV3": 8, "FusedBatchNormGrad": 12, "FusedBatchNormGradV2": 12,
    "FusedBatchNormGradV3": 12, "LRN": 16, "LRNGrad": 32,
}  # fmt: skip
# What an optimizer does for each element of the gradient.
_UPDATES = {
    "ResourceApplyAdam": 12, "ResourceApplyGradientDescent": 2, "ResourceApplyMomentum": 4,
    "ResourceApplyKerasMomentum": 4, "ResourceApplyRMSProp": 8, "ResourceApplyAdagradV2": 5,
}  # fmt: skip


class Cost(NamedTuple):
    """Of one run; None, with the reason, where a shape is not known."""

    flops: float | None
    bytes: float | None
    unknown: str | None


def cost_of(requirement: Requirement) -> Cost:
    """What one run of the node computes, and moves at least: inputs read once, outputs written."""
    for tensor in (*requirement.inputs, *requirement.outputs):
        if tensor.dtype in {"resource", "variant"}:
            continue
        if tensor.shape is None or None in tensor.shape:
            return Cost(None, None, f"the shape of {tensor.name} is not known")
    moved = sum(map(_bytes, (*requirement.inputs, *requirement.outputs)))
    return Cost(_flops(requirement), float(moved), None)


def itemsize_of(dtype: str) -> int:
    """Bytes of one element in memory."""
    if dtype in _ITEMSIZE:
        return _ITEMSIZE[dtype]
    if dtype.startswith("float8"):
        return 1
    digits = "".join(character for character in dtype if character.isdigit())
    return int(digits) // 8 if digits else 4


def _flops(requirement: Requirement) -> float:
    op = requirement.op
    inputs = {one.name: _sizes(one.shape) for one in requirement.inputs}
    outputs = {one.name: _sizes(one.shape) for one in requirement.outputs}
    if op in _RULES:
        return float(_RULES[op](inputs, outputs, requirement.attrs))
    if op in _UPDATES:
        return float(_UPDATES[op] * math.prod(inputs.get("grad", ())))
    if op in _MOVES or not outputs:
        return 0.0
    if op in _REDUCTIONS:
        return float(math.prod(next(iter(inputs.values()), ())))
    return _elementwise(requirement, inputs, outputs)


def _elementwise(
    requirement: Requirement, inputs: Mapping[str, Sizes], outputs: Mapping[str, Sizes]
) -> float:
    """One FLOP an element of a floating output, for all that is not known better."""
    if requirement.op in _PER_ELEMENT:
        return float(_PER_ELEMENT[requirement.op] * _largest(inputs))
    if not any(tensor.dtype.startswith(_COUNTED) for tensor in requirement.outputs):
        return 0.0
    return float(_largest(outputs))


_COUNTED = ("float", "bfloat", "complex")


def _largest(shapes: Mapping[str, Sizes]) -> int:
    return max((math.prod(sizes) for sizes in shapes.values()), default=0)


def _sizes(shape: Shape | None) -> Sizes:
    return tuple(size or 0 for size in shape or ())


def _bytes(tensor: Tensor) -> int:
    return math.prod(_sizes(tensor.shape)) * itemsize_of(tensor.dtype)


def _convolution(output: Sizes, kernel: Sizes) -> float:
    """`kernel` in the layout spatial…, in, out: each output element sums over all but the last."""
    return 2.0 * math.prod(output) * math.prod(kernel[:-1])


def _forward(inputs: Mapping[str, Sizes], outputs: Mapping[str, Sizes], _: Any) -> float:
    return _convolution(_only(outputs), inputs["filter"])


def _to_input(inputs: Mapping[str, Sizes], _outputs: Mapping[str, Sizes], _: Any) -> float:
    return _convolution(inputs["out_backprop"], inputs["filter"])


def _to_filter(inputs: Mapping[str, Sizes], outputs: Mapping[str, Sizes], _: Any) -> float:
    return _convolution(inputs["out_backprop"], _only(outputs))


def _depthwise(output: Sizes, kernel: Sizes) -> float:
    return 2.0 * math.prod(output) * math.prod(kernel[:2])


def _depthwise_forward(inputs: Mapping[str, Sizes], outputs: Mapping[str, Sizes], _: Any) -> float:
    return _depthwise(_only(outputs), inputs["filter"])


def _depthwise_to_input(inputs: Mapping[str, Sizes], _o: Mapping[str, Sizes], _: Any) -> float:
    return _depthwise(inputs["out_backprop"], inputs["filter"])


def _depthwise_to_filter(inputs: Mapping[str, Sizes], out: Mapping[str, Sizes], _: Any) -> float:
    return _depthwise(inputs["out_backprop"], _only(out))


def _matmul(
    inputs: Mapping[str, Sizes], outputs: Mapping[str, Sizes], attrs: Mapping[str, Any]
) -> float:
    left = next(iter(inputs.values()))
    transposed = attrs.get("transpose_a") or attrs.get("adj_x")
    return 2.0 * math.prod(_only(outputs)) * (left[-2] if transposed else left[-1])


def _einsum(inputs: Mapping[str, Sizes], _: Mapping[str, Sizes], attrs: Mapping[str, Any]) -> float:
    """2 × the product of all sizes that the equation names; broadcast axes by the output's."""
    left = str(attrs.get("equation", "")).replace(" ", "").partition("->")[0].split(",")
    sizes: dict[str, int] = {}
    for term, shape in zip(left, inputs.values(), strict=False):
        letters = term.replace("...", "." * max(len(shape) - len(term) + 3, 0))
        for at, letter in enumerate(letters[: len(shape)]):
            key = letter if letter != "." else f".{len(letters) - at}"
            sizes[key] = max(sizes.get(key, 1), shape[at])
    return (2.0 if len(left) > 1 else 1.0) * math.prod(sizes.values())


def _only(shapes: Mapping[str, Sizes]) -> Sizes:
    return next(iter(shapes.values()), ())


def _pool(
    _inputs: Mapping[str, Sizes], outputs: Mapping[str, Sizes], attrs: Mapping[str, Any]
) -> float:
    return float(_largest(outputs) * math.prod(attrs.get("ksize", (1,))))


def _fft(inputs: Mapping[str, Sizes], outputs: Mapping[str, Sizes], _: Any) -> float:
    sizes = max(_only(inputs), _only(outputs), key=math.prod)
    return 5.0 * math.prod(sizes) * math.log2(max(sizes[-1] if sizes else 1, 2))


_Rule = Callable[[Mapping[str, Sizes], Mapping[str, Sizes], Mapping[str, Any]], float]
_RULES: dict[str, _Rule] = {
    "Conv2D": _forward,
    "Conv3D": _forward,
    "Conv2DBackpropInput": _to_input,
    "Conv3DBackpropInputV2": _to_input,
    "Conv2DBackpropFilter": _to_filter,
    "Conv3DBackpropFilterV2": _to_filter,
    "DepthwiseConv2dNative": _depthwise_forward,
    "DepthwiseConv2dNativeBackpropInput": _depthwise_to_input,
    "DepthwiseConv2dNativeBackpropFilter": _depthwise_to_filter,
    "MatMul": _matmul,
    "BatchMatMul": _matmul,
    "BatchMatMulV2": _matmul,
    "BatchMatMulV3": _matmul,
    "Einsum": _einsum,
    **dict.fromkeys(("MaxPool", "AvgPool", "MaxPool3D", "AvgPool3D"), _pool),
    **dict.fromkeys(("FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "RFFT", "RFFT2D", "IRFFT"), _fft),
}
