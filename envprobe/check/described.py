"""A requirement in words: its dtype, its layout, and where in the model it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from envprobe.models.oplist import Place, Requirement
from envprobe.terms import FLOAT_DTYPES

# The attribute that an op's dtype means, in nearly all definitions; else the first float it names.
_DTYPE_ATTRS = ("T", "dtype")
_COMPUTED = (*FLOAT_DTYPES, "complex64", "complex128", "float8_e4m3fn", "float8_e5m2")
_MOST_NAMED = 3
# The inputs that lie in the layout of the data, in the order in which they tell most.
_NOT_DATA = ("filter", "sizes", "shape", "bias")


def dtype_of(requirement: Requirement) -> str | None:
    """The dtype that it computes in; None for an op without one."""
    given = [
        name
        for types in requirement.dtypes.values()
        for name in ((types,) if isinstance(types, str) else types)
    ]
    for attr in _DTYPE_ATTRS:
        named = requirement.dtypes.get(attr)
        if isinstance(named, str):
            return named
    return next((name for name in given if name in _COMPUTED), given[0] if given else None)


def layout_of(requirement: Requirement) -> str | None:
    """`NCHW` … of an op that has a layout; None for all others."""
    layout = requirement.attrs.get("data_format")
    return layout if isinstance(layout, str) else None


def is_channels_first(requirement: Requirement) -> bool:
    """Whether the channels stand behind the batch, as GPUs like them and CPUs do not."""
    return layout_of(requirement) in {"NCHW", "NCDHW"}


def called(requirement: Requirement) -> str:
    """`Conv2D in float16, NCHW, on (4, 3, 24, 24)`, as far as that is known."""
    dtype, layout = dtype_of(requirement), layout_of(requirement)
    parts = [f"{requirement.op} in {dtype}" if dtype else requirement.op]
    if is_channels_first(requirement):
        parts.append(f"layout {layout}")
    shape = _shape(requirement)
    if shape is not None:
        parts.append(f"on {shape}")
    return ", ".join(parts)


def layers_of(places: Iterable[Place]) -> tuple[str, ...]:
    """The layers once each, in the order in which they are named."""
    return tuple(dict.fromkeys(place.layer for place in places if place.layer))


def standing(places: Sequence[Place]) -> str | None:
    """`layers 'a' (net.py:7), 'b' (net.py:9) and 2 more`; None where nobody told."""
    named = list(dict.fromkeys(filter(None, map(_place, places))))
    if not named:
        return None
    plural = "layers " if sum(name.startswith("'") for name in named) > 1 else ""
    word = plural or ("layer " if named[0].startswith("'") else "")
    return word + shortened(named)


def shortened(names: Sequence[str], most: int = _MOST_NAMED) -> str:
    """The first few, and how many there are beside them."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def line_of(place: Place) -> str | None:
    """`net.py:7`; None where no line of the user's is known."""
    if place.file is None:
        return None
    name = Path(place.file).name
    return name if place.line is None else f"{name}:{place.line}"


def _place(place: Place) -> str | None:
    line = line_of(place)
    if place.layer is None:
        return line
    return f"'{place.layer}' ({line})" if line else f"'{place.layer}'"


def _shape(requirement: Requirement) -> str | None:
    """That of the data; None for a scalar, and for what has no known rank."""
    for tensor in requirement.inputs:
        if any(part in tensor.name for part in _NOT_DATA) or not tensor.shape:
            continue
        sizes = ["?" if size is None else str(size) for size in tensor.shape]
        return f"({', '.join(sizes)})" if len(sizes) > 1 else f"({sizes[0]},)"
    return None
