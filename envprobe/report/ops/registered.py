"""What is registered for an op, device type by device type."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from envprobe.evidence.op_view import KernelView, OpView
from envprobe.report.ops.signs import (
    STATE_MARKS,
    legend_of,
    marks_of,
    rows_of_marks,
    shown_dtypes,
)
from envprobe.report.symbols import Alphabet
from envprobe.terms import DTYPES


def registered(view: OpView, width: int, alphabet: Alphabet) -> Iterator[Text | str]:
    """The marks of every dtype, what they mean, and what is peculiar to single kernels."""
    rows = {on.device_type: marks_of(on.dtypes) for on in view.registered}
    if any(rows.values()):
        yield from rows_of_marks(rows, width, alphabet)
        yield from legend_of({m for row in rows.values() for m in row.values()}, width, alphabet)
        yield from _unusual(view)
    else:
        for on in view.registered:
            mark = STATE_MARKS[on.state]
            yield f"{on.device_type}: {mark.value} (no dtype to choose)"
    yield from _peculiar(view)


def _unusual(view: OpView) -> Iterator[str]:
    """Dtypes that have no column."""
    together: dict[str, list[str]] = {}
    for on in view.registered:
        unusual = [dtype for dtype in on.dtypes if dtype not in DTYPES]
        if unusual:
            together.setdefault(" ".join(unusual), []).append(on.device_type)
    for dtypes, device_types in together.items():
        yield f"also on {' '.join(device_types)}: {dtypes}"


def _peculiar(view: OpView) -> Iterator[str]:
    """Labels, priorities, and arguments in host memory, which cost a copy to or from the device."""
    arguments = (
        {a.name for a in (*view.definition.inputs, *view.definition.outputs)}
        if view.definition
        else set()
    )
    together: dict[str, dict[str, list[str]]] = {}
    for kernel in view.kernels:
        words = _peculiarity(kernel, arguments)
        if words:
            dtypes = _dtypes_of(kernel, view)
            together.setdefault(words, {}).setdefault(kernel.device_type, []).extend(dtypes)
    for words, where in together.items():
        by_dtypes: dict[str, list[str]] = {}
        for device_type, those in where.items():
            told = shown_dtypes(list(dict.fromkeys(those)))
            by_dtypes.setdefault(told, []).append(device_type)
        for told, device_types in by_dtypes.items():
            yield f"{' '.join(device_types)}{f' ({told})' if told else ''}: {words}"


def _peculiarity(kernel: KernelView, arguments: set[str]) -> str:
    parts = []
    if kernel.label:
        parts.append(f"only for nodes with the label {kernel.label}")
    if kernel.priority:
        parts.append(f"priority {kernel.priority}")
    if kernel.host_memory and kernel.device_type != "CPU":
        whole = arguments <= set(kernel.host_memory)
        parts.append(f"keeps {'all' if whole else ' '.join(kernel.host_memory)} in host memory")
    return "; ".join(parts)


def _dtypes_of(kernel: KernelView, view: OpView) -> tuple[str, ...]:
    attr = view.definition.dtype_attr if view.definition else None
    return kernel.constraints.get(attr, ()) if attr else ()
