"""Small changes to a model's requirements, to ask whether they would then run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from envprobe.check.described import is_channels_first
from envprobe.models.oplist import Requirement, Tensor

Change = Callable[[Requirement], Requirement]

# What follows from computing in another dtype: the complex number that two of them make.
_WITH = {("float64", "float32"): {"complex128": "complex64"}}
_LAST = {"NCHW": "NHWC", "NCDHW": "NDHWC"}
# Lists in these attributes have a number for each axis of the data.
_PER_AXIS = ("strides", "dilations", "ksize")


def with_dtype(old: str, new: str) -> Change:
    """The same node with every `old` in it as `new`; the same object where it has none."""
    names = {old: new, **_WITH.get((old, new), {})}

    def change(requirement: Requirement) -> Requirement:
        changed = msgspec.structs.replace(
            requirement,
            dtypes={
                attr: names.get(types, types)
                if isinstance(types, str)
                else tuple(names.get(name, name) for name in types)
                for attr, types in requirement.dtypes.items()
            },
            inputs=_renamed(requirement.inputs, names),
            outputs=_renamed(requirement.outputs, names),
        )
        return requirement if changed == requirement else changed

    return change


def channels_last(requirement: Requirement) -> Requirement:
    """The same node with the channels behind all other axes; itself where they are there."""
    if not is_channels_first(requirement):
        return requirement
    attrs: dict[str, Any] = dict(requirement.attrs)
    attrs["data_format"] = _LAST[attrs["data_format"]]
    for name in _PER_AXIS:
        if isinstance(attrs.get(name), list | tuple):
            attrs[name] = _moved(attrs[name])
    if attrs.get("explicit_paddings"):
        attrs["explicit_paddings"] = _moved_pairs(attrs["explicit_paddings"])
    makes_filter = "BackpropFilter" in requirement.op
    return msgspec.structs.replace(
        requirement,
        attrs=attrs,
        inputs=tuple(map(_turned, requirement.inputs)),
        outputs=requirement.outputs if makes_filter else tuple(map(_turned, requirement.outputs)),
    )


def uncompiled(requirement: Requirement) -> Requirement:
    """The same node outside XLA."""
    if not requirement.compiled:
        return requirement
    return msgspec.structs.replace(requirement, compiled=False)


def unpinned(requirement: Requirement) -> Requirement:
    """The same node where TensorFlow puts it."""
    if requirement.device is None:
        return requirement
    return msgspec.structs.replace(requirement, device=None)


def is_idle_cast(requirement: Requirement) -> bool:
    """Whether a change left a cast from a dtype to itself, which Keras does not make."""
    types = requirement.dtypes
    return requirement.op == "Cast" and types.get("SrcT") == types.get("DstT")


def _renamed(tensors: tuple[Tensor, ...], names: dict[str, str]) -> tuple[Tensor, ...]:
    return tuple(
        msgspec.structs.replace(tensor, dtype=names[tensor.dtype])
        if tensor.dtype in names
        else tensor
        for tensor in tensors
    )


def _turned(tensor: Tensor) -> Tensor:
    """Filters keep their own layout; what says the data's sizes is turned with the data."""
    if "filter" in tensor.name:
        return tensor
    if isinstance(tensor.value, list | tuple) and len(tensor.value) > 2:
        return msgspec.structs.replace(tensor, value=_moved(tensor.value))
    if tensor.shape is not None and len(tensor.shape) > 2:
        return msgspec.structs.replace(tensor, shape=tuple(_moved(tensor.shape)))
    return tensor


def _moved(per_axis: Sequence[Any]) -> list[Any]:
    return [per_axis[0], *per_axis[2:], per_axis[1]]


def _moved_pairs(paddings: Sequence[Any]) -> list[Any]:
    pairs = [paddings[at : at + 2] for at in range(0, len(paddings), 2)]
    return [size for pair in _moved(pairs) for size in pair]
