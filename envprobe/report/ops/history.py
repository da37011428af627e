"""Ops through the releases."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.evidence.ops_result import History
from envprobe.evidence.presence import OpHistory, Presence
from envprobe.report.ops.section import Part, section, words
from envprobe.report.ops.signs import shown_dtypes
from envprobe.report.symbols import Alphabet
from envprobe.report.units import count


def history_parts(found: History, width: int, alphabet: Alphabet) -> Iterator[Part]:
    """An op a block; where several were asked for, only what differs between the releases."""
    yield from words(f"Releases: {' '.join(found.releases)}", width, alphabet)
    if found.only_changed:
        told = f"{count(len(found.ops), 'op')} differ between them; only what differs is shown."
        yield from words(told, width, alphabet)
    for op in found.ops:
        yield from section(op.op, _lines(op, found), width, alphabet)


def _lines(op: OpHistory, found: History) -> Iterator[str]:
    if op.defined != found.releases:
        yield f"the op itself: {op.spelled}"
    shown = [
        kernel
        for kernel in op.kernels
        if not found.only_changed or kernel.releases not in {op.defined, found.releases}
    ]
    for device_types, kernel in _alike(shown):
        dtypes = "" if kernel.dtypes is None else f" {shown_dtypes(kernel.dtypes)}"
        yield f"{' '.join(device_types)}:{dtypes}: {kernel.spelled}"
    if not op.kernels:
        yield "no kernel in any of them"
    if op.gradient and (not found.only_changed or op.gradient != op.defined):
        yield f"gradient: {op.gradient_spelled}"


def _alike(kernels: list[Presence]) -> list[tuple[list[str], Presence]]:
    """Device types on which the same dtypes have the same fate stand together."""
    together: dict[tuple[object, str], tuple[list[str], Presence]] = {}
    for kernel in kernels:
        key = (kernel.dtypes, kernel.spelled)
        together.setdefault(key, ([], kernel))[0].append(kernel.device_type)
    return list(together.values())
