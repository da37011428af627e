"""The traits of a node by which a registered kernel may refuse it: layout, strides, groups, rank.

Each is a number, 0 where the node does not have the trait; what is not known is left out, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from envprobe.check.judging.asked import Asked
from envprobe.models.oplist import Shape


def traits_of(asked: Asked) -> dict[str, int]:
    """The traits that the node has; those that it has not are missing."""
    found = {
        "channels-first": int(_channels_first(asked)),
        "explicit-padding": int(asked.attrs.get("padding") == "EXPLICIT"),
        "grouped": int(_groups(asked) > 1),
        "rank": max(
            (len(shape) for shape in asked.shapes.values() if shape is not None), default=0
        ),
        **_of_windows(asked),
        **{name: count(asked) for name, count in _COUNTED.items()},
    }
    return {name: number for name, number in found.items() if number}


def _of_windows(asked: Asked) -> dict[str, int]:
    strides, dilations = (_spatial(asked, name) for name in ("strides", "dilations"))
    window: Sequence[int] = asked.attrs.get("ksize") or ()
    channel = 1 if _channels_first(asked) else -1
    return {
        "strided": int(any(step > 1 for step in strides)),
        "unequal-strides": int(len(set(strides)) > 1),
        "dilated": int(any(step > 1 for step in dilations)),
        "unequal-dilations": int(len(set(dilations)) > 1),
        "pooled-batch": int(len(window) > 1 and window[0] > 1),
        "pooled-channels": int(len(window) > 1 and window[channel] > 1),
    }


def _channels_first(asked: Asked) -> bool:
    # NCHW, NCDHW and NCHW_VECT_C; the layout of an op without the attribute is channels last.
    return str(asked.attrs.get("data_format", "")).startswith("NC")


def _spatial(asked: Asked, name: str) -> Sequence[int]:
    """The sizes of the dimensions that are neither batch nor channels, as far as they are given."""
    sizes = asked.attrs.get(name)
    if not isinstance(sizes, list | tuple) or len(sizes) < 3 or "data_format" not in asked.attrs:
        return ()
    return sizes[2:] if _channels_first(asked) else sizes[1:-1]


def _groups(asked: Asked) -> int:
    """Into how many groups a convolution divides its input's channels; 1 where nothing says so.

    Each of its backward ops gets the shape of one of input and filter, and answers with the other.
    """
    if asked.op not in _GROUPABLE:
        return 1
    image, kernel = asked.shapes.get("input"), asked.shapes.get("filter")
    image = image or _known(asked, "input_sizes") or asked.output
    kernel = kernel or _known(asked, "filter_sizes") or asked.output
    if not image or not kernel or len(image) != len(kernel):
        return 1
    channels, taken = image[1 if _channels_first(asked) else -1], kernel[-2]
    return channels // taken if channels and taken else 1


_GROUPABLE = frozenset(
    {"Conv2D", "Conv2DBackpropFilter", "Conv2DBackpropInput"}
    | {"Conv3D", "Conv3DBackpropFilterV2", "Conv3DBackpropInputV2"}
)


def _known(asked: Asked, name: str) -> Shape | None:
    value = asked.values.get(name)
    return tuple(value) if isinstance(value, list | tuple) else None


def _index_depth(asked: Asked) -> int:
    """How many dimensions one index of GatherNd or ScatterNd goes into."""
    shape = asked.shapes.get("indices")
    return (shape[-1] or 0) if shape else 0


def _block_sizes(asked: Asked) -> int:
    """How many dimensions are divided into blocks: those of size 1 are joined with others."""
    sizes = asked.values.get("block_shape")
    return sum(size != 1 for size in sizes) if isinstance(sizes, list | tuple) else 0


def _broadcast_rank(asked: Asked) -> int:
    """How many dimensions are left when neighbours that are broadcast alike are joined."""
    operands = [asked.shapes[name] for name in _OPERANDS if name in asked.shapes]
    if asked.op == "BroadcastTo":
        operands = [asked.shapes.get("input"), asked.output]
    known = [shape for shape in operands if shape is not None]
    return len(list(_joined(*known))) if len(operands) == len(known) == 2 else 0


_OPERANDS = ("x", "y", "x1", "x2", "a", "q", "real", "imag")


def _joined(left: Shape, right: Shape) -> Iterator[tuple[bool, bool]]:
    """Each run of dimensions that are stretched on the same side, or on none."""
    rank = max(len(left), len(right))
    before: tuple[bool, bool] | None = None
    for a, b in zip(_padded(left, rank), _padded(right, rank), strict=True):
        if a == b == 1:
            continue
        stretched = (a == 1, b == 1)
        if stretched != before:
            yield stretched
        before = stretched


def _padded(shape: Shape, rank: int) -> tuple[Any, ...]:
    return (1,) * (rank - len(shape)) + tuple(shape)


_COUNTED: dict[str, Callable[[Asked], int]] = {
    "index-depth": _index_depth,
    "block-sizes": _block_sizes,
    "broadcast-rank": _broadcast_rank,
}
