"""The sizes of what flows back into a convolution or pooling whose images have open sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from envprobe.models.oplist import Requirement, Shape, Tensor
from envprobe.probe.node_sizes import sizes_of

_SMALLER_SIDES = ("out_backprop", "grad", "orig_output")  # one element for each window


def with_window_sizes(node: Requirement, told: Requirement) -> Requirement:
    """The sized node with as many windows as its images have; `told` is as the model is."""
    if "strides" not in node.attrs or "padding" not in node.attrs:
        return node
    shapes = {one.name: one.shape for one in told.inputs}
    inputs = tuple(_slid(node, one, shapes[one.name]) for one in node.inputs)
    return msgspec.structs.replace(node, inputs=inputs)


def _slid(node: Requirement, tensor: Tensor, told: Shape | None) -> Tensor:
    sizes = list(sizes_of(tensor))
    larger = _larger_side(node)
    spatial = _spatial(node.attrs, len(sizes))
    kernel = _kernel(node, spatial)
    is_open = told is None or any(told[axis] is None for axis in spatial)
    if tensor.name not in _SMALLER_SIDES or not is_open:
        return tensor
    if len(larger) != len(sizes) or len(kernel) != len(spatial):
        return tensor
    for axis, extent in zip(spatial, kernel, strict=True):
        sizes[axis] = _windows(node.attrs, axis, larger[axis], extent)
    return msgspec.structs.replace(tensor, shape=tuple(sizes))


def _spatial(attrs: dict[str, Any], rank: int) -> range:
    channels_first = str(attrs.get("data_format", "")).startswith("NC")
    return range(2, rank) if channels_first else range(1, rank - 1)


def _larger_side(node: Requirement) -> tuple[int, ...]:
    """The shape of the images that the windows slide over."""
    named = {one.name: sizes_of(one) for one in node.inputs}
    for name in ("orig_input", "input"):
        if name in named:
            return named[name]
    return sizes_of(node.outputs[0]) if node.outputs else ()


def _kernel(node: Requirement, spatial: Sequence[int]) -> tuple[int, ...]:
    if "ksize" in node.attrs:
        return tuple(node.attrs["ksize"][axis] for axis in spatial)
    named = {one.name: sizes_of(one) for one in node.inputs}
    of_output = sizes_of(node.outputs[0]) if node.outputs else ()
    return named.get("filter", of_output)[: len(spatial)]


def _windows(attrs: dict[str, Any], axis: int, size: int, extent: int) -> int:
    stride = attrs["strides"][axis]
    if attrs["padding"] == "SAME":
        return int(-(-size // stride))
    dilations = attrs.get("dilations") or ()
    dilation = dilations[axis] if axis < len(dilations) else 1
    return max(0, int(-(-(size - dilation * (extent - 1)) // stride)))
