"""The smallest changes to a model under which what fails on a target would run there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from envprobe.check.changes.changes import Change, channels_last, uncompiled, unpinned, with_dtype
from envprobe.check.changes.what_if import WhatIf
from envprobe.check.described import layers_of, line_of
from envprobe.check.kernels.fault import (
    EMULATED,
    LAYOUT_REFUSED,
    PINNED,
    UNKNOWN_LAYOUT,
    UNKNOWN_TO_XLA,
    XLA_REFUSES,
)
from envprobe.check.kernels.fault_groups import Group
from envprobe.models.oplist import OpList, Requirement
from envprobe.terms import Evidence, Severity

_MOST_OFFERED = 2
_MOST_LAYERS = 3
_LOW = ("float16", "bfloat16")
_NARROWED = (*_LOW, "float64")
# The policy that computes in the other 16-bit float, and the dtype that it changes. None leads to
# pure float16, whose gradients vanish without loss scaling.
_OTHER_POLICY = {
    "mixed_float16": ("mixed_bfloat16", "float16", "bfloat16"),
    "mixed_bfloat16": ("mixed_float16", "bfloat16", "float16"),
    "float16": ("bfloat16", "float16", "bfloat16"),
}


class Alternative(NamedTuple):
    """A change in words, and what it rests on that all would run then.

    `evidence` is of the nodes at fault, `of_rest` of all others that the change touches. `lossy`:
    some of them on the CPU, or in emulated precision.
    """

    text: str
    evidence: Evidence
    of_rest: Evidence = Evidence.MEASURED
    lossy: bool = False


class _Candidate(NamedTuple):
    """A change; one to the group's nodes alone, or one to the `whole` model."""

    text: str
    change: Change
    whole: bool = False
    name: str = ""


def alternatives(group: Group, what_if: WhatIf) -> tuple[Alternative, ...]:
    """The first two changes that help, the smallest first; empty where none is known to."""
    found: list[Alternative] = []
    for candidate in _candidates(group, what_if.oplist):
        helps = _judged(candidate, group, what_if)
        # Where something runs already, a change that keeps the loss is no help.
        if helps is not None and not (helps.lossy and group.fault.severity is not Severity.ERROR):
            found.append(helps)
        if len(found) == _MOST_OFFERED:
            break
    return tuple(found)


def in_words(offered: tuple[Alternative, ...], device_type: str) -> str | None:
    """The alternatives as one text for a person; None where there is none."""
    sentences = [f"{one.text} ({_rests(one, device_type)})." for one in offered]
    return " Or: ".join(sentences) or None


def _rests(offered: Alternative, device_type: str) -> str:
    measured = offered.evidence is Evidence.MEASURED
    words = [
        f"that runs: measured on {device_type}"
        if measured
        else f"registered for {device_type}, not measured"
    ]
    if measured and offered.of_rest is not Evidence.MEASURED:
        words.append("some other nodes only registered")
    if offered.lossy:
        words.append("a part then runs on the CPU or emulated")
    return "; ".join(words)


def _judged(candidate: _Candidate, group: Group, what_if: WhatIf) -> Alternative | None:
    alone = what_if.if_these(_nodes(group), candidate.change)
    if alone is None:
        return None
    if not candidate.whole:
        return Alternative(candidate.text, alone.evidence, lossy=alone.lossy)
    all_ = what_if.if_all(candidate.name, candidate.change)
    if all_ is None:
        return None
    return Alternative(candidate.text, alone.evidence, all_.evidence, all_.lossy)


def _nodes(group: Group) -> tuple[Requirement, ...]:
    return (*group.requirements, *(one.requirement for one in group.effects))


def _candidates(group: Group, oplist: OpList) -> Iterator[_Candidate]:
    if group.fault == PINNED or group.first.requirement.device is not None:
        yield _Candidate("Take the node out of its tf.device block", unpinned)
    if group.fault in {LAYOUT_REFUSED, UNKNOWN_LAYOUT}:
        yield _Candidate(_CHANNELS_LAST, channels_last, whole=True, name="channels_last")
    if group.fault in {XLA_REFUSES, UNKNOWN_TO_XLA} or group.first.requirement.compiled:
        yield from _without_xla(group, oplist)
    yield from _other_dtypes(group, oplist)


_CHANNELS_LAST = "Use channels last: data_format='channels_last' in layers, 'NHWC' in raw ops"


def _without_xla(group: Group, oplist: OpList) -> Iterator[_Candidate]:
    if oplist.jit:
        text = "Switch XLA off: compile(..., jit_compile=False)"
        yield _Candidate(text, uncompiled, whole=True, name="uncompiled")
    # Keras compiles convolutions of its own that a plain CPU kernel does not take.
    elif not group.first.requirement.op.startswith("Conv"):
        yield _Candidate("Take jit_compile=True off the tf.function around it", uncompiled)


def _other_dtypes(group: Group, oplist: OpList) -> Iterator[_Candidate]:
    """In float32 where it stands, then the other 16-bit policy, then float32 everywhere."""
    dtype = group.dtype
    if dtype not in _NARROWED:
        return
    to_float32 = with_dtype(dtype, "float32")
    policy = policy_of(oplist)
    here = None if group.fault == EMULATED else _in_float32(group)
    if here is not None:
        yield _Candidate(here, to_float32)
    other, old, new = _OTHER_POLICY.get(policy or "", ("", "", ""))
    if old == dtype:
        yield _Candidate(_policy(other), with_dtype(old, new), whole=True, name=other)
    if policy is not None and policy.removeprefix("mixed_") == dtype:
        yield _Candidate(_policy("float32"), to_float32, whole=True, name="float32")


def policy_of(oplist: OpList) -> str | None:
    """The precision policy of the model: the one asked for, else the one that most layers have."""
    return oplist.precision or next(iter(oplist.policies), None)


def _policy(name: str) -> str:
    return f"Use the policy {name!r} (`--precision {name}` checks it)"


def _in_float32(group: Group) -> str | None:
    """Where to write it: in the layer, or on the user's line; None for what Keras adds."""
    layers = layers_of(group.places)
    if layers and len(layers) <= _MOST_LAYERS:
        named = ", ".join(f"'{layer}'" for layer in layers)
        return f"Build {'layer' if len(layers) == 1 else 'the layers'} {named} with dtype='float32'"
    if layers:
        return "Build these layers with dtype='float32'"
    if group.part == "optimizer":
        return None
    line = next(filter(None, map(line_of, group.places)), None)
    where = f" in {line}" if line else ""
    return f"Cast the inputs of {group.first.requirement.op} to float32{where}"
