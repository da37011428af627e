"""How much of what real models execute has a cell that measures it.

A recording (`kernels_matrix/coverage/`) holds the nodes of traced training steps. A node counts
as covered when the catalog asks about its op in its dtype: a pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from envprobe.errors import FileFormatError
from envprobe.ops.catalog import inputs_of, variants_of
from envprobe.ops.row import Row

NO_DTYPE = "-"
# What moves values about a graph and computes nothing.
PLUMBING = frozenset(
    {"Identity", "NoOp", "PartitionedCall", "Placeholder", "StatefulPartitionedCall"}
    | {"_Arg", "_Retval"}
)

Pair = tuple[str, str]  # an op and its dtype


class TracedStep(msgspec.Struct, frozen=True, kw_only=True):
    """The nodes of one model's training step: how often each text stands in its graphs.

    A text is the op and its type attributes, `Cast SrcT=float32 DstT=float16`. `error` says why
    there are none.
    """

    group: str
    name: str
    precision: str
    error: str | None
    nodes: dict[str, int]


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Traced steps, the releases they were traced with, and what ops' definitions say of inputs.

    `inputs` gives by op the type attribute of each input, `exempt` by group and class why it
    was not traced.
    """

    tensorflow: str
    keras: str
    inputs: dict[str, dict[str, str]]
    exempt: dict[str, dict[str, str]]
    steps: tuple[TracedStep, ...]


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """Occurrences of nodes and distinct pairs, and how many of them are covered."""

    occurrences: int
    occurrences_covered: int
    pairs: int
    pairs_covered: int

    @property
    def of_occurrences(self) -> float:
        """From 0 to 1; 1 where there is nothing to cover."""
        return self.occurrences_covered / self.occurrences if self.occurrences else 1.0

    @property
    def of_pairs(self) -> float:
        """From 0 to 1; 1 where there is nothing to cover."""
        return self.pairs_covered / self.pairs if self.pairs else 1.0


class _Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    format_version: int
    tensorflow: str
    keras: str
    inputs: dict[str, dict[str, str]]
    exempt: dict[str, dict[str, str]]
    texts: tuple[str, ...]


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    group: str
    name: str
    precision: str
    error: str | None
    nodes: tuple[tuple[int, int], ...]  # index into texts, count


def encode_recording(recording: Recording) -> bytes:
    """JSON lines in canonical form: the head with all texts, then a line for each step."""
    texts = sorted({text for step in recording.steps for text in step.nodes})
    index = {text: i for i, text in enumerate(texts)}
    head = _Head(
        kind="coverage",
        format_version=1,
        tensorflow=recording.tensorflow,
        keras=recording.keras,
        inputs=recording.inputs,
        exempt=recording.exempt,
        texts=tuple(texts),
    )
    steps = sorted(recording.steps, key=lambda step: (step.group, step.name, step.precision))
    lines = [_line(step, index) for step in steps]
    encoder = msgspec.json.Encoder(order="deterministic")
    return b"".join(encoder.encode(line) + b"\n" for line in (head, *lines))


def _line(step: TracedStep, index: Mapping[str, int]) -> _Line:
    nodes = tuple(sorted((index[text], count) for text, count in step.nodes.items()))
    return _Line(
        group=step.group, name=step.name, precision=step.precision, error=step.error, nodes=nodes
    )


def decode_recording(content: bytes) -> Recording:
    """The recording of a file's content. Raises FileFormatError for anything else."""
    try:
        first, *others = content.splitlines()
        head = msgspec.json.decode(first, type=_Head)
        lines = [msgspec.json.decode(line, type=_Line) for line in others]
        steps = tuple(_step(line, head.texts) for line in lines)
    except (msgspec.DecodeError, ValueError, IndexError) as error:
        raise FileFormatError(f"not a recording of coverage: {error}") from error
    return Recording(
        tensorflow=head.tensorflow,
        keras=head.keras,
        inputs=head.inputs,
        exempt=head.exempt,
        steps=steps,
    )


def _step(line: _Line, texts: tuple[str, ...]) -> TracedStep:
    nodes = {texts[i]: count for i, count in line.nodes}
    return TracedStep(
        group=line.group, name=line.name, precision=line.precision, error=line.error, nodes=nodes
    )


def pair_of(text: str, catalog: Mapping[str, Row], inputs: Mapping[str, Mapping[str, str]]) -> Pair:
    """The pair of a node's text: its dtype is that of the attribute that a cell's dtype fills.

    `inputs` gives by op the type attribute of each input. An op without a row has the dtype of
    its first type attribute, one that no attribute tells the dtype of has `-`.
    """
    op, *assignments = text.split(" ")
    types = dict(assignment.split("=", 1) for assignment in assignments)
    row = catalog.get(op)
    if row is None:
        return op, next(iter(types.values()), NO_DTYPE)
    attr = next((a for a in _dtype_attrs(row, inputs.get(op, {})) if a in types), None)
    return op, types[attr] if attr else NO_DTYPE


def _dtype_attrs(row: Row, type_attrs: Mapping[str, str]) -> Iterable[str]:
    """The attributes that the row fills with the cell's dtype, by their names or by an input."""
    for variant in variants_of(row).values():
        attrs = {**row.attrs, **variant.attrs}
        yield from (name for name, value in attrs.items() if value == "T")
        for name, spec in inputs_of(row, variant).items():
            if spec.dtype == "T" and name in type_attrs:
                yield type_attrs[name]


def covered_pairs(cells: Iterable[Pair], catalog: Mapping[str, Row]) -> frozenset[Pair]:
    """All pairs that these cells, each an op or composite and a dtype, measure."""
    found: set[Pair] = set()
    for op, dtype in cells:
        for executed in (op, *catalog[op].covers):
            name, _, fixed = executed.partition(" ")
            found |= {(name, fixed)} if fixed else {(name, dtype), (name, NO_DTYPE)}
    return frozenset(found)


def pairs_of(
    steps: Iterable[TracedStep], catalog: Mapping[str, Row], inputs: Mapping[str, Any]
) -> Counter[Pair]:
    """How often each pair occurs in these steps, plumbing included."""
    texts: Counter[str] = Counter()
    for step in steps:
        texts.update(step.nodes)
    pairs: Counter[Pair] = Counter()
    for text, count in texts.items():
        pairs[pair_of(text, catalog, inputs)] += count
    return pairs


def share_of(pairs: Mapping[Pair, int], covered: frozenset[Pair]) -> Share:
    """The share of these pairs that is covered; plumbing is left out."""
    asked = {pair: count for pair, count in pairs.items() if pair[0] not in PLUMBING}
    held = [count for pair, count in asked.items() if pair in covered]
    return Share(
        occurrences=sum(asked.values()),
        occurrences_covered=sum(held),
        pairs=len(asked),
        pairs_covered=len(held),
    )
