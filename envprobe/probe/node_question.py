"""From a requirement of a model to the question that runs its own node alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from envprobe.evidence.node import CELL_DTYPE, dtype_attr_of
from envprobe.matrix.cell import CellKey
from envprobe.matrix.matrix import Device
from envprobe.models.fingerprint import probed_variant
from envprobe.models.flops import cost_of
from envprobe.models.oplist import Requirement
from envprobe.ops.catalog import inputs_of, variants_of
from envprobe.ops.row import InputSpec, Row
from envprobe.probe.node_batch import with_fitting_batch
from envprobe.probe.node_sizes import elements_in, elements_of, sizes_of, with_known_sizes
from envprobe.probe.node_values import Made, made_for
from envprobe.probe.node_windows import with_window_sizes
from envprobe.probe.plan import PACKED, Probe, question
from envprobe.registrations import OpDefinition
from envprobe.terms import Mode

# They read or write files, or print.
_TOUCHES_FILES = ("ReadFile", "MatchingFiles", "ImmutableConst", "InitializeTableFromTextFile")
_WITHOUT_ROW = Row(family="model", reference="runs", nonfinite=True)
_MOST_ELEMENTS = 1 << 26  # what cannot be cut below that is not run
_MOST_JUDGED = 1 << 22  # of elements; the reference takes many times their memory
_ADDED_FREELY = 64  # numbers that may be added up before rounding errors need more room
_MOST_ADDED = 4096  # beyond it a sum in half precision tells nothing of the kernel
_NARROW = ("float16", "bfloat16", "float8")


class NodeProbe(NamedTuple):
    """A requirement that can be run: its node with all sizes, its op's row, how inputs are made.

    `made` goes by the name of the input. `guessed`: some values are not known to suit the op.
    """

    requirement: Requirement
    node: Requirement
    row: Row
    variant: str
    dtype: str
    definition: OpDefinition
    made: Mapping[str, Made]

    @property
    def mode(self) -> Mode:
        """XLA where it has to compile the node, a graph otherwise."""
        return "xla" if self.requirement.compiled else "graph"

    @property
    def guessed(self) -> bool:
        """Whether a refusal may be the fault of what was made up."""
        return any(made.guessed for made in self.made.values())

    def probe(self, device: str) -> Probe:
        """The cell that it is on a device."""
        variant = probed_variant(self.requirement)
        key = CellKey(self.node.op, variant, self.dtype, device, "forward", self.mode)
        return Probe(key=key, row=self.row, timed=False)


def node_probe(
    requirement: Requirement, row: Row | None, definition: OpDefinition | None
) -> NodeProbe | None:
    """How to run the requirement alone; None where that cannot be done, or would prove nothing."""
    if definition is None or not _can_run_alone(requirement, row, definition):
        return None
    known = row if row is not None else _WITHOUT_ROW
    node = _sized(requirement, known.family)
    if elements_of(node) > _MOST_ELEMENTS:
        return None
    variant = _nearest_variant(known, node)
    made = _made(node, requirement, known, variant)
    dtype = _dtype_of(node, known, definition)
    if made is None or dtype is None or (requirement.compiled and _is_packed(node)):
        return None
    return NodeProbe(requirement, node, known, variant, dtype, definition, made)


def _sized(requirement: Requirement, family: str) -> Requirement:
    known = with_known_sizes(requirement, family)
    return with_fitting_batch(with_window_sizes(known, requirement), family)


def _can_run_alone(requirement: Requirement, row: Row | None, definition: OpDefinition) -> bool:
    op = requirement.op
    if (row is not None and row.composite) or op in _TOUCHES_FILES or op.startswith("_"):
        return False
    if any(attr.type in ("func", "list(func)") for attr in definition.attrs.values()):
        return False
    if any(tensor.dtype in ("resource", "variant") for tensor in requirement.outputs):
        return False
    if row is None and (definition.stateful or not requirement.inputs):
        return False
    named = {tensor.name.partition(":")[0] for tensor in requirement.inputs}
    lists = {one.name for one in definition.inputs if one.number_attr or one.type_list_attr}
    return {argument.name for argument in definition.inputs} - lists <= named


def _is_packed(node: Requirement) -> bool:
    return any(tensor.dtype in PACKED for tensor in (*node.inputs, *node.outputs))


def _nearest_variant(row: Row, node: Requirement) -> str:
    """The row's variant that agrees with the node in most attributes and ranks."""

    def agreement(name: str) -> int:
        variant = variants_of(row)[name]
        attrs = {**row.attrs, **variant.attrs}
        same = [_plain(node.attrs.get(key)) == value for key, value in attrs.items()]
        ranks = {tensor.name: len(sizes_of(tensor)) for tensor in node.inputs}
        specs = inputs_of(row, variant)
        alike = [ranks.get(key) == len(spec.shape) for key, spec in specs.items()]
        return sum((*same, *alike))

    return max(variants_of(row), key=agreement)


def _made(node: Requirement, told: Requirement, row: Row, variant: str) -> dict[str, Made] | None:
    specs = inputs_of(row, variants_of(row)[variant])
    made: dict[str, Made] = {}
    for tensor in node.inputs:
        found = made_for(node, told, tensor, specs.get(tensor.name.partition(":")[0]))
        if found is None:
            return None
        made[tensor.name] = found
    return made


def _dtype_of(node: Requirement, row: Row, definition: OpDefinition) -> str | None:
    """The dtype of its cell: that of the op's own attribute, else of its first tensor."""
    attr = dtype_attr_of(row, definition)
    named = node.dtypes.get(attr) if attr else None
    if isinstance(named, str):
        return named
    tensors = [one.dtype for one in (*node.inputs, *node.outputs) if one.dtype != "resource"]
    return tensors[0] if tensors else None


def node_question(probed: NodeProbe, device: Device, local_name: str) -> dict[str, Any]:
    """The worker's `cell` (docs/protocol.md): the row's question with the model's own node."""
    key = probed.probe(device.name).key._replace(variant=probed.variant)
    cell = question(Probe(key=key, row=probed.row, timed=False), device, local_name, timed=False)
    judged = _is_judged(probed)
    cell.update(
        variant=probed_variant(probed.requirement),
        inputs={name: _input(name, made.spec, probed) for name, made in probed.made.items()},
        attrs=_attrs(probed),
        fixed=_fixed(probed),
        gradient=[],
        reference=_reference(cell["reference"], probed) if judged else "runs",
        reference_optional=True,
        nonfinite=cell["nonfinite"] or not judged,
        tolerance=cell["tolerance"] * math.sqrt(max(1.0, _added(probed) / _ADDED_FREELY)),
    )
    return cell


def _input(name: str, spec: InputSpec, probed: NodeProbe) -> dict[str, Any]:
    own = probed.row.inputs.get(name.partition(":")[0])
    told: dict[str, Any] = msgspec.to_builtins(spec)
    of_cell = own is not None and own.dtype == CELL_DTYPE and spec.dtype == probed.dtype
    kept = ("dtype", "shape", "values", "low", "high", "constant", "count", "literal")
    return {**{key: told[key] for key in kept}, "fixed": not of_cell}


def _attrs(probed: NodeProbe) -> dict[str, Any]:
    """Those that TensorFlow does not read off the inputs, and lists without an element.

    Texts and shapes, which no kernel is chosen by, are not in an op list: a text is left empty, a
    shape is the result's. One that this release does not know is left out, as this release would
    where it traces the model.
    """
    definition = probed.definition
    inferred = {
        attr
        for one in definition.inputs
        for attr in (one.type_attr, one.type_list_attr, one.number_attr)
    }
    told = model_attrs(probed.node)
    result = list(sizes_of(probed.node.outputs[0])) if probed.node.outputs else []
    needed = {
        name: attr.type
        for name, attr in definition.attrs.items()
        if attr.default is None and name not in inferred
    }
    attrs: dict[str, Any] = {name: "" for name, kind in needed.items() if kind == "string"}
    attrs.update({name: result for name, kind in needed.items() if kind == "shape"})
    attrs.update(
        {
            name: value
            for name, value in told.items()
            if name in definition.attrs and name not in inferred
        }
    )
    named = {name.partition(":")[0] for name in probed.made}
    lists = [one.name for one in definition.inputs if one.number_attr or one.type_list_attr]
    return {**attrs, **{name: [] for name in lists if name not in named}}


def model_attrs(node: Requirement) -> dict[str, Any]:
    """All of its attributes, dtypes among them, as JSON has them."""
    return {name: _plain(value) for name, value in {**node.dtypes, **node.attrs}.items()}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _fixed(probed: NodeProbe) -> list[str]:
    """Attributes that stay when the reference is computed in a wider dtype."""
    variant = variants_of(probed.row)[probed.variant]
    attrs = {**probed.row.attrs, **variant.attrs}
    return [name for name in _attrs(probed) if attrs.get(name) != CELL_DTYPE]


def _is_judged(probed: NodeProbe) -> bool:
    if not all(made.judged for made in probed.made.values()):
        return False
    is_random = "seed" in probed.definition.attrs  # which seed the model has is not known
    if is_random or elements_of(probed.node) > _MOST_JUDGED:
        return False
    return not probed.dtype.startswith(_NARROW) or _added(probed) <= _MOST_ADDED


def _reference(of_row: str, probed: NodeProbe) -> str:
    """The same op in a wider dtype where the row trusts that; others know its own shapes only."""
    layout = str(probed.node.attrs.get("data_format", ""))
    if of_row in ("nhwc", "ndhwc"):
        ranks = {len(sizes_of(tensor)) for tensor in (*probed.node.inputs, *probed.node.outputs)}
        has_twin = layout in ("NCHW", "NCDHW") and len(layout) in ranks
        return of_row if has_twin else "float64"
    return of_row if of_row in ("float64", "float32") else "runs"


def _added(probed: NodeProbe) -> float:
    """How many numbers are added up for one of the result."""
    node = probed.node
    elements = sum(map(elements_in, node.outputs))
    fed = max(map(elements_in, node.inputs), default=1)
    return max((cost_of(node).flops or 0.0) / 2, fed) / max(elements, 1)
