"""What two releases register differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from envprobe.evidence.comparison import ComparedOp, Comparison, KernelDifference
from envprobe.evidence.op_view import KernelView
from envprobe.report.ops.section import Part, names, words
from envprobe.report.ops.signs import shown_dtypes
from envprobe.report.symbols import Alphabet
from envprobe.report.units import count

SIGNS = {"added": "+", "removed": "-", "changed": " "}
TITLES = {"added": "New ops", "removed": "Ops that are gone", "changed": "Changed ops"}


def compare_parts(found: Comparison, width: int, alphabet: Alphabet) -> Iterator[Part]:
    """The counts, then a block an op; ops that differ in the same way share it."""
    for line in (
        f"From TensorFlow {found.old} to {found.new}: {count(found.ops_added, 'op')} new,"
        f" {found.ops_removed:,} gone, {found.ops_changed:,} changed.",
        f"Kernels (by op, device type and dtype): {found.kernels_added:,} more,"
        f" {found.kernels_removed:,} gone.",
    ):
        yield from words(line, width, alphabet)
    for change, title in TITLES.items():
        those = [op for op in found.ops if op.change == change]
        if those:
            yield Text()
            yield Text(f"{title}: {len(those):,}", style="bold underline")
            yield from _blocks(those, width, alphabet)


def _blocks(ops: Sequence[ComparedOp], width: int, alphabet: Alphabet) -> Iterator[Part]:
    together: dict[tuple[str, ...], list[str]] = {}
    for op in ops:
        together.setdefault(tuple(_lines(op)), []).append(op.op)
    for lines, those in together.items():
        for name in names(those, width, indent=0):
            name.stylize("bold")
            yield name
        for line in lines:
            yield from words(line, width, alphabet)


def _lines(op: ComparedOp) -> Iterator[str]:
    for line in op.definition:
        yield f"    {line}"
    together: dict[tuple[str, str], list[str]] = {}
    for difference in op.kernels:
        key = (SIGNS[difference.change], _what(difference))
        together.setdefault(key, []).append(difference.kernel.device_type)
    for (sign, what), device_types in together.items():
        yield f"  {sign} {' '.join(dict.fromkeys(device_types))}{what}"


def _what(difference: KernelDifference) -> str:
    """`: T float16 bfloat16 (keeps shape in host memory)`."""
    kernel = difference.kernel
    values = [f"{name} {shown_dtypes(these)}" for name, these in kernel.constraints.items()]
    told = f": {', '.join(values)}" if values else ": a kernel without constraints"
    extras = _extras(kernel)
    return told + (f" ({'; '.join(extras)})" if extras else "")


def _extras(kernel: KernelView) -> list[str]:
    extras = [f"label {kernel.label}"] if kernel.label else []
    extras += [f"priority {kernel.priority}"] if kernel.priority else []
    # A CPU's host memory is its own: nothing is different there.
    if kernel.host_memory and kernel.device_type != "CPU":
        extras.append(f"{' '.join(kernel.host_memory)} in host memory")
    return extras
