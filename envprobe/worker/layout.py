"""Channels-first probes through their channels-last twins, which every CPU can compute."""

from __future__ import annotations

from typing import Any

import numpy as np

Cell = dict[str, Any]
TWIN = {"NCHW": "NHWC", "NCDHW": "NDHWC"}
# Attributes that hold one number (or two, for explicit paddings) per dimension of the input.
PER_DIMENSION = ("strides", "dilations", "ksize", "explicit_paddings")


def channels_last_cell(cell: Cell) -> Cell:
    """The same question with the layout that `cell["reference"]` names (nhwc, ndhwc)."""
    attrs = dict(cell["attrs"], data_format=TWIN[cell["attrs"]["data_format"]])
    for name in PER_DIMENSION:
        if name in attrs:
            attrs[name] = _last(attrs[name], attrs["data_format"])
    return dict(cell, attrs=attrs, channels_last=True)


def _last(values: list[Any], layout: str) -> list[Any]:
    step = len(values) // len(layout)  # 2 for explicit paddings: before and after
    if step == 0:
        return values
    groups = [values[i : i + step] for i in range(0, len(values), step)]
    return [value for group in [groups[0], *groups[2:], groups[1]] for value in group]


def _is_image(cell: Cell, name: str, rank: int) -> bool:
    """Filters keep their layout in TensorFlow; images are what has the rank of the layout."""
    return rank == len(cell["attrs"]["data_format"]) and "filter" not in name


def to_channels_last(array: Any, cell: Cell, name: str) -> Any:
    """An input of a channels-first cell as its channels-last twin wants it."""
    if name in ("input_sizes", "orig_input_shape") and array.ndim == 1:
        return np.concatenate([array[:1], array[2:], array[1:2]])
    if not _is_image(cell, name, array.ndim):
        return array
    return np.moveaxis(array, 1, -1)


def gives_filter(op: str) -> bool:
    """Whether the op's output is a filter, which has one layout whatever that of the images is."""
    return "BackpropFilter" in op


def from_channels_last(array: Any, cell: Cell, *, is_filter: bool = False) -> Any:
    """An output of the channels-last twin in the layout that was asked for."""
    if is_filter or array.ndim != len(cell["attrs"]["data_format"]):
        return array
    return np.moveaxis(array, -1, 1)
