"""What the measured cells of a device say of a requirement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from envprobe.check.judgement import Judgement, Outcome
from envprobe.check.judging.kind import Kind, proves_nothing
from envprobe.check.judging.matching_cells import Match
from envprobe.matrix.cell import Cell
from envprobe.models.fingerprint import probed_variant
from envprobe.models.oplist import Requirement
from envprobe.registrations import Registrations
from envprobe.terms import Evidence, Mode, Status

_PROBED = "model-"  # how the variants of a model's own nodes begin
# A training step is a graph; eager execution takes the same kernels, but oneDNN rewrites less.
_MODES: tuple[Mode, ...] = ("graph", "eager")
_COMPILED: tuple[Mode, ...] = ("xla",)
# What the types of a node alone decide.
_OF_REGISTRY = frozenset({Status.NO_KERNEL, Status.INVALID_DTYPE})
_SAYS_NOTHING = frozenset({Status.UNTESTED, Status.OUT_OF_MEMORY})


class Measurements(NamedTuple):
    """A device's cells by op, variant, dtype, direction and mode; a model's own without dtype."""

    catalog: Mapping[tuple[str, str, str, str, str], Cell]
    own: Mapping[tuple[str, str, str], Cell]


def measurements_of(cells: Iterable[Cell], ops: Collection[str]) -> Measurements:
    """The cells that speak of these ops and say something; they are of one device."""
    catalog: dict[tuple[str, str, str, str, str], Cell] = {}
    own: dict[tuple[str, str, str], Cell] = {}
    for cell in cells:
        if cell.op not in ops or cell.status in _SAYS_NOTHING:
            continue
        if cell.variant.startswith(_PROBED):
            own[cell.op, cell.variant, cell.mode] = cell
        else:
            catalog[cell.op, cell.variant, cell.dtype, cell.direction, cell.mode] = cell
    return Measurements(catalog, own)


def judge_measured(
    kind: Kind,
    measurements: Measurements,
    backward: Iterable[Match],
    registrations: Registrations | None,
    *,
    misled_alone: bool,
    refusable: bool,
) -> Judgement | None:
    """What cells say of the node: its own, those of its kind, then those that ran it with others.

    `backward` are the gradient cells that ran such a node. `misled_alone`: run without its forward
    op it fails though the step does not, so that only those say something bad of it. `refusable`:
    kernels are known to refuse such a node, so that one of its gradient's failures is its own.
    None where no cell speaks of it.
    """
    requirement = kind.requirement
    direct = _direct(kind, measurements, registrations)
    if direct is not None and (direct.outcome == "runs" or not misled_alone):
        return direct
    ran = _cells(backward, requirement, measurements)
    gradients = [judgement_from(cell, requirement) for _, cell in ran]
    covering = _cells(kind.covering, requirement, measurements)
    executed = (*gradients, *(judgement_from(cell, requirement) for _, cell in covering))
    runs = next((one for one in executed if one.outcome == "runs"), None)
    return runs or _failed_gradient(gradients, requirement, refusable=refusable)


def _direct(
    kind: Kind, measurements: Measurements, registrations: Registrations | None
) -> Judgement | None:
    own = _own_cell(kind.requirement, measurements)
    if own is not None:
        return judgement_from(own, kind.requirement)
    found = next(_cells(kind.matches, kind.requirement, measurements), None)
    if found is None:
        return None
    match, cell = found
    told = judgement_from(cell, kind.requirement)
    certain = told.outcome != "fails" or told.status in _OF_REGISTRY
    if certain or not proves_nothing(match, kind, registrations):
        return told
    reason = f"a node with other attributes failed when it was measured: {told.reason}"
    return Judgement(kind.requirement, "unknown", Evidence.NONE, reason=reason)


def _failed_gradient(
    gradients: Iterable[Judgement], requirement: Requirement, *, refusable: bool
) -> Judgement | None:
    """A gradient that failed in one of its nodes; nobody saw in which.

    That a kernel is missing the registry says of each node. That a gradient is not defined at all
    says nothing of kernels.
    """
    for failed in gradients:
        reason = failed.reason or ""
        if failed.status in _OF_REGISTRY or reason.startswith("LookupError"):
            continue
        if refusable and failed.status is Status.UNIMPLEMENTED:
            return failed
        told = f"a gradient with such a node failed when it was measured: {reason}"
        return Judgement(requirement, "unknown", Evidence.NONE, reason=told)
    return None


def _own_cell(requirement: Requirement, measurements: Measurements) -> Cell | None:
    """The cell in which `--probe` ran this very node."""
    if not measurements.own:
        return None
    variant = probed_variant(requirement)
    found = (measurements.own.get((requirement.op, variant, mode)) for mode in _modes(requirement))
    return next((cell for cell in found if cell is not None), None)


def _cells(
    matches: Iterable[Match], requirement: Requirement, measurements: Measurements
) -> Iterator[tuple[Match, Cell]]:
    """The cells of these questions, in their order: in the mode nearest to the node's.

    One that has other types of indices speaks only where it is supported.
    """
    for match in matches:
        keys = ((*match[:4], mode) for mode in _modes(requirement))
        found = (measurements.catalog.get(key) for key in keys)
        cell = next((cell for cell in found if cell is not None), None)
        if cell is not None and (match.exact or cell.status is Status.SUPPORTED):
            yield match, cell


def judgement_from(cell: Cell, requirement: Requirement) -> Judgement:
    """What the cell says of the node that it is about.

    `failed` is unknown for a cell of the catalog, whose own inputs may be to blame; a model's own
    node was run with the model's.
    """
    if cell.status is Status.SUPPORTED:
        return Judgement(requirement, "runs", Evidence.MEASURED, cell=cell.key)
    reason = cell.reason or cell.status.value
    if cell.status is Status.FAILED and not cell.variant.startswith(_PROBED):
        told = f"it failed when it was measured with other inputs: {reason}"
        return Judgement(requirement, "unknown", Evidence.NONE, reason=told)
    outcome: Outcome = "falls_back" if cell.status is Status.FELL_BACK else "fails"
    return Judgement(requirement, outcome, Evidence.MEASURED, cell.status, reason, cell.key)


def _modes(requirement: Requirement) -> tuple[Mode, ...]:
    return _COMPILED if requirement.compiled else _MODES
