"""What a finding speaks of: a fault in a step on a target, and the sentence of what was seen."""

from __future__ import annotations

from typing import NamedTuple

from envprobe.check.described import called, shortened, standing
from envprobe.check.kernels.fault_groups import Group
from envprobe.check.target import Target
from envprobe.models.oplist import OpList
from envprobe.terms import Evidence

_MOST_REASON = 220


class Subject(NamedTuple):
    """What is spoken of: a fault, in a step, on a target."""

    group: Group
    oplist: OpList
    target: Target

    @property
    def device_type(self) -> str:
        """Where its nodes would run; a device that is pinned and not there counts for nothing."""
        pinned = self.group.first.requirement.device
        return pinned if pinned == "CPU" else self.target.device.device_type

    @property
    def falls_to_cpu(self) -> bool:
        """Whether TensorFlow would put a node on the CPU where its device has no kernel."""
        return self.device_type != "CPU" and not self.group.first.requirement.compiled

    @property
    def release(self) -> str:
        """`TensorFlow 2.21.0`, or TensorFlow where the release is not known."""
        version = self.target.tensorflow
        return f"TensorFlow {version}" if version else "TensorFlow"


def seen_in_full(subject: Subject, seen: str) -> str:
    """`Conv2D in float16, layer 'a' (net.py:7): …`, with the gradients that fail with it."""
    group = subject.group
    if len(group.ops) > 1:
        return f"{shortened(group.ops)} in {group.dtype}, {group.node_count} nodes: {seen}."
    where = standing(group.places)
    parts = [called(group.first.requirement), _PARTS.get(group.part), where]
    if group.node_count > 1:
        parts.append(f"{group.node_count} nodes")
    return f"{', '.join(filter(None, parts))}: {seen}.{_effects(group)}"


_PARTS = {"gradient": "in the gradient", "loss": "in the loss", "optimizer": "in the optimizer"}


def _effects(group: Group) -> str:
    ops = sorted({one.requirement.op for one in group.effects})
    if not ops:
        return ""
    return f" The same holds for its gradient ({shortened(ops)})."


def _quoted(group: Group) -> str:
    """What TensorFlow or the judgement said of it, in one line."""
    reason = " ".join((group.first.reason or "").split())
    return reason if len(reason) <= _MOST_REASON else reason[: _MOST_REASON - 1] + "…"


def reason_of(group: Group) -> str:
    """In brackets behind other words; empty where no reason was told."""
    measured = group.first.evidence is Evidence.MEASURED
    reason = _quoted(group).rstrip(".")
    return f" ({'measured: ' if measured else ''}{reason})" if reason else ""
