"""The requirements that weigh most: a line each, as wide as the output is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from envprobe.models.oplist import OpList, Place, Requirement, Tensor, Types
from envprobe.report.ops.section import section
from envprobe.report.symbols import Alphabet
from envprobe.report.units import count, share

MOST_ROWS = 15
_MOST_ATTRS = 2
# What sets a node apart at a glance, before all other attributes.
_TELLING = ("data_format", "equation", "strides", "dilations", "padding", "transpose_a")
_GAP = "  "
_LEAST = 16  # columns for the layer's name


def heaviest(oplist: OpList, width: int, alphabet: Alphabet) -> Iterator[Text]:
    """Those of most FLOPs a step; without any FLOPs known, those that run most often."""
    total = oplist.flops
    ranked = sorted(oplist.requirements, key=lambda one: (-_weight(one), -one.count, one.op))
    shown = ranked[:MOST_ROWS]
    heads = ("share", "runs", "op", "dtype", "output", "attributes", "layer")
    rows = [heads, *(_row(one, total) for one in shown)]
    left = len(ranked) - len(shown)
    lines = [Text(line, no_wrap=True) for line in _laid_out(rows, width, alphabet.text("…"))]
    more = [f"and {count(left, 'more requirement')} (--json has all)"] if left else []
    for part in section("Heaviest requirements", [*lines, *more], width, alphabet):
        if isinstance(part, Text):
            yield part


def _weight(requirement: Requirement) -> float:
    return (requirement.flops or 0.0) * requirement.count


def _row(requirement: Requirement, total: float) -> tuple[str, ...]:
    return (
        share(_weight(requirement) / total) if total else "?",
        str(requirement.count),
        requirement.op + (" (XLA)" if requirement.compiled else ""),
        _dtype(requirement.dtypes),
        _shape(requirement.outputs),
        _attrs(requirement),
        _place(requirement.places),
    )


def _dtype(dtypes: dict[str, Types]) -> str:
    """The first type attribute: the op's dtype, as it is for nearly all."""
    first = next(iter(dtypes.values()), "")
    return first if isinstance(first, str) else ",".join(first[:2])


def _shape(outputs: Sequence[Tensor]) -> str:
    if not outputs or outputs[0].shape is None:
        return ""
    return "[" + ",".join("?" if size is None else str(size) for size in outputs[0].shape) + "]"


def _attrs(requirement: Requirement) -> str:
    """What differs from the usual only: NHWC, VALID and false say nothing."""
    told = []
    for name in _TELLING:
        value = requirement.attrs.get(name)
        if value in {None, False, "NHWC", "NDHWC", "VALID", "SAME"} if _plain(value) else False:
            continue
        if isinstance(value, (list, tuple)) and all(item == 1 for item in value):
            continue
        if value is not None:
            told.append(_spelt(name, value))
    return " ".join(told[:_MOST_ATTRS])


def _plain(value: object) -> bool:
    return value is None or isinstance(value, (bool, str))


def _spelt(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        inner = [str(item) for item in value if item != 1] or ["1"]
        return f"{name}={'x'.join(inner)}"
    return f"{name}={str(value).lower()}"


def _place(places: Sequence[Place]) -> str:
    if not places:
        return ""
    first = places[0]
    file = f"{first.file.rpartition('/')[2]}:{first.line}" if first.file else ""
    more = f" +{len(places) - 1}" if len(places) > 1 else ""
    return " ".join(filter(None, (first.layer, file))) + more


def _laid_out(rows: Sequence[tuple[str, ...]], width: int, cut: str) -> Iterator[str]:
    """Columns as wide as their widest cell; what does not fit is left out, the attributes first,
    and the last column is cut, which `cut` shows.
    """
    columns = list(zip(*rows, strict=True))
    kept = [at for at, cells in enumerate(columns) if any(cells[1:])]
    for dispensable in (5, 4, 3):
        if _total(columns, kept[:-1]) + _LEAST <= width:
            break
        kept = [at for at in kept if at != dispensable]
    for row in rows:
        cells = [
            row[at].rjust(_wide(columns[at])) if at < 2 else row[at].ljust(_wide(columns[at]))
            for at in kept
        ]
        line = _GAP.join(cells).rstrip()
        yield line if len(line) <= width else line[: width - len(cut)] + cut


def _total(columns: Sequence[Sequence[str]], kept: Sequence[int]) -> int:
    return sum(_wide(columns[at]) for at in kept) + len(_GAP) * (len(kept) - 1)


def _wide(cells: Sequence[str]) -> int:
    return max(map(len, cells))
