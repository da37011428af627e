"""What envprobe knows of a TensorFlow release, in numbers, and how to ask on."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from envprobe.evidence.ops_result import OpsResult
from envprobe.evidence.overview import Overview
from envprobe.report.ops.section import Part, section, words
from envprobe.report.symbols import Alphabet
from envprobe.terms import DTYPES

EXAMPLES = (
    ("envprobe ops Conv3D", "one op, in full"),
    ("envprobe ops 'Conv*' --device-type GPU", "several ops"),
    ("envprobe ops --dtype bfloat16 --device-type GPU", "all ops in one dtype"),
    ("envprobe ops MatMul --history", "since when its kernels exist"),
    ("envprobe ops --compare 2.15.1 2.21.0", "two releases compared"),
    ("envprobe ops --missing gradient --dtype bfloat16", "ops without a (whole) gradient"),
    ("envprobe ops --missing kernel --device-type GPU", "ops that run on the CPU only"),
)


def overview_parts(
    found: Overview, result: OpsResult, width: int, alphabet: Alphabet
) -> Iterator[Part | Table]:
    """The counts by device type and dtype, then examples."""
    yield from words(
        f"{found.ops:,} ops, {found.ops_without_kernel:,} of them without any kernel;"
        f" {found.ops_with_gradient:,} have a gradient,"
        f" {found.ops_declared_not_differentiable:,} are declared not differentiable. The catalog"
        f" probes {found.catalog_ops:,} ops and {found.catalog_composites:,} composites.",
        width,
        alphabet,
    )
    yield Text()
    yield _counts(found)
    if result.matrix is None:
        measured = "nothing on this machine yet (`envprobe scan`)"
    else:
        measured = f"{result.matrix.path}, with TensorFlow {result.matrix.tensorflow}"
    yield from words(f"Measured: {measured}", width, alphabet)
    longest = max(len(command) for command, _ in EXAMPLES)
    lines = [f"{command.ljust(longest)}  {told}" for command, told in EXAMPLES]
    yield from section("How to ask on", lines, width, alphabet)


def _counts(found: Overview) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("ops with a kernel for", no_wrap=True)
    for counted in found.device_types:
        table.add_column(counted.device_type, justify="right", no_wrap=True)
    rows: list[tuple[str, list[str]]] = [
        ("any dtype", [f"{counted.ops:,}" for counted in found.device_types])
    ]
    rows += [
        (dtype, [f"{counted.ops_by_dtype[dtype]:,}" for counted in found.device_types])
        for dtype in DTYPES
    ]
    rows += [
        ("ops that the catalog probes", [f"{c.ops_probed:,}" for c in found.device_types]),
        ("cells measured", [f"{c.cells_measured:,}" for c in found.device_types]),
        ("  of these supported", [f"{c.cells_supported:,}" for c in found.device_types]),
    ]
    for name, values in rows:
        table.add_row(name, *values)
    return table
