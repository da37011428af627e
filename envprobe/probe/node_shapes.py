"""Inputs that hold axes, sizes and shapes that the model computes: values that suit its tensors."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from envprobe.models.oplist import Shape
from envprobe.probe.node_view import NodeView, Sizes

Literal = Any
Rule = Callable[[NodeView], Literal]


def shape_value(view: NodeView) -> Literal:
    """A value for an integer input that the op reads as axes, sizes or a shape; None: it is none.

    What the model's own shapes say is kept: a `Fill` fills the shape that the model has there.
    """
    name = view.tensor.name.partition(":")[0]
    rule = _RULES.get((view.op, name)) or _RULES_BY_NAME.get(name)
    return rule(view) if rule else None


def _as_result(view: NodeView) -> Literal:
    result = view.result
    return list(result[: view.length]) if view.is_vector else None


def _reshaped(view: NodeView) -> Literal:
    """With one size left to TensorFlow where the model leaves it open, and 1 for the others."""
    told = view.told_result
    if told is None:
        return [-1]
    first_open = told.index(None) if None in told else None
    return [
        1 if size is None and axis != first_open else -1 if size is None else view.result[axis]
        for axis, size in enumerate(told)
    ]


def _spatial_result(view: NodeView) -> Literal:
    return list(view.result[1:3]) if len(view.result) == 4 and view.length == 2 else None


def _multiples(view: NodeView) -> Literal:
    sizes = view.sizes("input")
    if len(sizes) != len(view.result):
        return [1] * view.length
    return [max(1, out // max(size, 1)) for out, size in zip(view.result, sizes, strict=True)]


def _zeros(view: NodeView) -> Literal:
    return [0] * view.length if view.is_vector else 0


def _ones(view: NodeView) -> Literal:
    return [1] * view.length if view.is_vector else 1


def _axis(view: NodeView) -> Literal:
    return list(range(view.length)) if view.is_vector else 0


def _reduced_axes(view: NodeView) -> Literal:
    """Axes by which the input's shape becomes the result's."""
    sizes, result = view.sizes("input"), list(view.result)
    for axes in _choices_of_axes(len(sizes), view.told[view.tensor.name]):
        kept = [size for axis, size in enumerate(sizes) if axis not in axes]
        same = [1 if axis in axes else size for axis, size in enumerate(sizes)]
        if result in (kept, same):
            return list(axes) if view.is_vector else axes[0]
    return list(range(len(sizes)))[: view.length] if view.is_vector else 0


def _choices_of_axes(rank: int, told: Shape | None) -> Iterator[Sizes]:
    open_length = told is None or None in told
    counts = range(rank + 1) if open_length else [min(rank, (told or (1,))[0] or 0)]
    for count in counts:
        yield from itertools.combinations(range(rank), count)


def _permutation(view: NodeView) -> Literal:
    """One that turns the input's shape into the result's, the axes of equal sizes in order."""
    sizes, left = view.sizes("x"), list(range(len(view.sizes("x"))))
    found = []
    for size in view.result:
        axis = next((axis for axis in left if sizes[axis] == size), left[0] if left else 0)
        found.append(axis)
        if axis in left:
            left.remove(axis)
    return found if sorted(found) == list(range(len(sizes))) else list(range(view.length))


def _slice_end(view: NodeView) -> Literal:
    """One element where an axis goes, everything of the result's size where it stays."""
    shrunk = int(view.attrs.get("shrink_axis_mask", 0))
    kept = iter(view.result)
    return [1 if shrunk >> axis & 1 else next(kept, 1) for axis in range(view.length)]


def _paddings(view: NodeView) -> Literal:
    sizes = view.sizes("input") or view.sizes("tensor")
    if len(sizes) != len(view.result):
        return None
    return [[0, max(0, out - size)] for out, size in zip(view.result, sizes, strict=True)]


def _fft_length(view: NodeView) -> Literal:
    sizes = view.result if view.op.startswith("IRFFT") else view.sizes("input")
    return list(sizes[-view.length :])


def _last_of_result(view: NodeView) -> Literal:
    return view.result[-1] if view.result and not view.is_vector else None


def _first_of_result(view: NodeView) -> Literal:
    return view.result[0] if view.result and not view.is_vector else None


def _depth(view: NodeView) -> Literal:
    axis = int(view.attrs.get("axis", -1))
    return view.result[axis] if view.result else None


def _steps(view: NodeView) -> Literal:
    return (view.sizes("x") or (1,))[0]


def _dense_shape(view: NodeView) -> Literal:
    """Of a sparse matrix, from the result and the matrix that it is multiplied with."""
    right: Sizes = view.sizes("b")
    if len(right) != 2 or not view.result:
        return None
    inner = right[1] if view.attrs.get("adjoint_b") else right[0]
    outer = view.result[0]
    return [inner, outer] if view.attrs.get("adjoint_a") else [outer, inner]


def _concatenated(view: NodeView) -> Literal:
    """The axis in which the shapes differ."""
    shapes = [one.value for one in view.of_list("shape") if isinstance(one.value, (list, tuple))]
    differing = (
        axis for axis, sizes in enumerate(zip(*shapes, strict=False)) if len(set(sizes)) > 1
    )
    return next(differing, 0)


# Names mean the same in nearly all definitions.
_RULES_BY_NAME: dict[str, Rule] = {
    "shape": _as_result,
    "dims": _as_result,
    "input_sizes": _as_result,
    "filter_sizes": _as_result,
    "orig_input_shape": _as_result,
    "size": _spatial_result,
    "crop_size": _spatial_result,
    "multiples": _multiples,
    "begin": _zeros,
    "strides": _ones,
    "reduction_indices": _reduced_axes,
    "perm": _permutation,
    "paddings": _paddings,
    "axis": _axis,
    "dim": _axis,
    "dimension": _axis,
    "split_dim": _axis,
    "concat_dim": _axis,
    "fft_length": _fft_length,
    "num_segments": _first_of_result,
    "output_dim0": _first_of_result,
    "seq_len_max": _steps,
    "s0": _ones,
    "s1": _ones,
}
_RULES: dict[tuple[str, str], Rule] = {
    ("Reshape", "shape"): _reshaped,
    ("Slice", "size"): _as_result,
    ("StridedSlice", "end"): _slice_end,
    ("TopKV2", "k"): _last_of_result,
    ("OneHot", "depth"): _depth,
    ("LinSpace", "num"): _first_of_result,
    ("Bincount", "size"): _last_of_result,
    ("DenseBincount", "size"): _last_of_result,
    ("SparseToDense", "output_shape"): _as_result,
    ("ImageProjectiveTransformV3", "output_shape"): _spatial_result,
    ("ConcatOffset", "shape"): _ones,
    ("ConcatOffset", "concat_dim"): _concatenated,
    ("SparseTensorDenseMatMul", "a_shape"): _dense_shape,
    ("StridedSliceGrad", "end"): lambda view: list(view.result[: view.length]),
}
