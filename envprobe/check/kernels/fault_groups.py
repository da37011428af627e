"""Judgements that tell of one fault, gathered: the culprit, and what fails only because of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from envprobe.check.described import dtype_of, is_channels_first, layers_of, layout_of
from envprobe.check.judgement import Judgement
from envprobe.check.kernels.fault import EMULATED, Fault
from envprobe.models.oplist import Part, Place, Requirement
from envprobe.terms import Status

_PARTS: tuple[Part, ...] = ("forward", "loss", "gradient", "optimizer")
_VERSION = re.compile(r"V\d+$")


class Group(NamedTuple):
    """Nodes of one op, dtype and layout with one fault; `effects` are their failing gradients."""

    fault: Fault
    judgements: tuple[Judgement, ...]
    effects: tuple[Judgement, ...] = ()

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Those at fault, without their gradients."""
        return tuple(judgement.requirement for judgement in self.judgements)

    @property
    def first(self) -> Judgement:
        """The one that speaks for all: the one that computes most."""
        return max(self.judgements, key=lambda one: _flops(one.requirement))

    @property
    def ops(self) -> tuple[str, ...]:
        """Those at fault, the one that computes most first; nearly always one."""
        costs: dict[str, float] = {}
        for one in self.requirements:
            costs[one.op] = costs.get(one.op, 0.0) + _flops(one)
        return tuple(sorted(costs, key=lambda op: (-costs[op], op)))

    @property
    def dtype(self) -> str | None:
        """What they compute in."""
        return dtype_of(self.first.requirement)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where they stand, each once."""
        named = (place for one in self.requirements for place in one.places)
        return tuple(dict.fromkeys(place for place in named if place.layer or place.file))

    @property
    def node_count(self) -> int:
        """How many nodes of a step are at fault, the gradients not among them."""
        return sum(one.count for one in self.requirements)

    @property
    def part(self) -> Part:
        """The earliest part of the step that has one."""
        return min((one.direction for one in self.requirements), key=_PARTS.index)


def groups_of(faulty: Iterable[tuple[Judgement, Fault]]) -> tuple[Group, ...]:
    """The faults, each once, roots before what follows from them; in no order of the op list."""
    gathered: dict[tuple[object, ...], list[Judgement]] = {}
    for judgement, fault in faulty:
        gathered.setdefault(_key(judgement, fault), []).append(judgement)
    groups = [
        Group(key[0], tuple(found))  # type: ignore[arg-type] # the key begins with the fault
        for key, found in gathered.items()
    ]
    return _with_effects(sorted(groups, key=_place_in_step))


def _key(judgement: Judgement, fault: Fault) -> tuple[object, ...]:
    dtype = dtype_of(judgement.requirement)
    if fault == EMULATED:  # the same for all ops: the hardware's
        return (fault, dtype)
    requirement = judgement.requirement
    layout = layout_of(requirement) if is_channels_first(requirement) else None
    turned_back = requirement.direction == "gradient"
    return fault, requirement.op, dtype, judgement.status, layout, turned_back


def _with_effects(groups: Sequence[Group]) -> tuple[Group, ...]:
    """A gradient that fails as its layer's own node does is no fault of its own."""
    roots: list[Group] = []
    for group in groups:
        at = _root_of(group, roots) if group.part == "gradient" else None
        if at is None:
            roots.append(group)
        else:
            root = roots[at]
            roots[at] = root._replace(effects=(*root.effects, *group.judgements))
    return tuple(roots)


def _root_of(group: Group, roots: Sequence[Group]) -> int | None:
    """The group that this one follows from: of the same op's family first, else of its layer."""
    alike = [
        at
        for at, root in enumerate(roots)
        if (root.fault, root.dtype, _status(root)) == (group.fault, group.dtype, _status(group))
    ]
    family = [at for at in alike if _is_gradient_of(group, roots[at])]
    layer = [at for at in alike if _share_layer(group, roots[at])]
    both = [at for at in family if at in layer]
    unplaced = family if not layers_of(group.places) else []
    return next(iter(both or layer or unplaced), None)


def _is_gradient_of(group: Group, root: Group) -> bool:
    """By the name, as TensorFlow names them: `MaxPoolGrad`, `Conv2DBackpropFilter`."""
    op, forward = group.first.requirement.op, _VERSION.sub("", root.first.requirement.op)
    return op.startswith(forward) and op != root.first.requirement.op


def _share_layer(group: Group, root: Group) -> bool:
    return bool(set(layers_of(group.places)) & set(layers_of(root.places)))


def _status(group: Group) -> Status | None:
    return group.first.status


def _place_in_step(group: Group) -> tuple[object, ...]:
    """By part of the step and by line, which is near to the order in which the nodes run."""
    lines = [place.line for place in group.places if place.line is not None]
    name = group.first.requirement.op
    order = (_PARTS.index(group.part), min(lines, default=math.inf), name)
    return *order, str(group.dtype), group.fault.code, str(group.first.status)


def _flops(requirement: Requirement) -> float:
    return (requirement.flops or 0.0) * requirement.count
