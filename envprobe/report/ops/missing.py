"""Ops that lack a gradient or a kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from envprobe.evidence.missing import Gap, Missing, MissingOp
from envprobe.report.ops.section import Part, few, names, section
from envprobe.report.ops.signs import shown_dtypes
from envprobe.report.symbols import Alphabet
from envprobe.report.units import count

# Those that are only counted: there are many, and mostly rightly so.
FOLDED: dict[Gap, str] = {
    "no_gradient": "no gradient function is registered",
    "not_differentiable": "TensorFlow declares them not differentiable",
    "not_traced": "what the gradient needs is not known (it could not be traced)",
}


def missing_parts(found: Missing, width: int, alphabet: Alphabet) -> Iterator[Part]:
    """Device type by device type: what is lacking, and for which ops."""
    for device_type in found.device_types:
        those = [op for op in found.ops if op.device_type == device_type]
        if found.what == "gradient":
            title = f"Gradients in {found.dtype} on {device_type}"
            body: list[Part | str] = [*_gradients(those, found.looked_at[device_type])]
        else:
            title = f"Kernels for {found.dtype} on {device_type}"
            body = [*_kernels(those, found, device_type, width)]
        yield from section(title, body, width, alphabet)


def _gradients(ops: Sequence[MissingOp], looked_at: int) -> Iterator[str]:
    whole = looked_at - len(ops)
    yield f"{count(looked_at, 'op')} have a kernel there; {whole:,} of them a whole gradient"
    lacking = [op for op in ops if op.gap == "lacks_kernels"]
    yield f"{count(len(lacking), 'op')} whose gradient lacks a kernel{':' if lacking else ''}"
    for op in lacking:
        nodes = dict.fromkeys(_node(node.op, node.types) for node in op.lacking)
        yield f"    {op.op}: lacks {', '.join(nodes)}"
    for gap, words in FOLDED.items():
        those = [op.op for op in ops if op.gap == gap]
        if those:
            yield f"{count(len(those), 'op')}: {words}: {few(those)}"


def _node(op: str, types: dict[str, str]) -> str:
    return f"{op} ({', '.join(f'{name} {dtype}' for name, dtype in types.items())})"


def _kernels(
    ops: Sequence[MissingOp], found: Missing, device_type: str, width: int
) -> Iterator[Text | str]:
    looked_at = found.looked_at[device_type]
    yield f"{count(looked_at, 'op')} have a kernel for {found.dtype} on the CPU; of these there"
    for gap, words in (
        ("no_kernel_at_all", "have none for any dtype: they run on the CPU only"),
        ("host_memory", "have one that leaves all data in host memory: the CPU does the work"),
    ):
        those = [op.op for op in ops if op.gap == gap]
        if those:
            yield f"{len(those):,} {words}"
            yield from names(those, width)
    others = [op for op in ops if op.gap == "other_dtypes"]
    if others:
        yield f"{len(others):,} have some for other dtypes only"
    for op in others:
        yield f"    {op.op}: {shown_dtypes(op.registered_dtypes)}"
    if not ops:
        yield "none lacks one"
