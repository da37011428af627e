"""Horovod's ranks submit different tensors under one name."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    what = sighting.fields.get("what", "")
    if "shape" in what or "dimension" in what:
        return Reading(cause=Cause.SHAPE_MISMATCH)
    if "data type" in what:
        return Reading(cause=Cause.DTYPE_MISMATCH)
    return Reading()


RULE = Rule(
    code="LOG721",
    name="horovod-tensors-differ",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Mismatched (?P<what>data types|\w+ tensor shapes|collective operations|\w+ "
            r"CPU/GPU device selection|\w+ root ranks|\w+ CPU or GPU)(?P<error>: .{0,160})?"
        ),
        Pattern(r"Duplicate tensor names? .{0,60}in submitted tensors"),
    ),
    seen="Horovod's ranks submit different tensors[: {what}{error}]",
    why="Horovod pairs tensors of all ranks by name and order. The ranks do not run the "
    "same model, or not with the same shapes.",
    fix="Build the same model with the same shapes on every rank, and take care that "
    "branches do not depend on the rank.",
    source="https://github.com/horovod/horovod/blob/master/horovod/common/controller.cc",
    read=_read,
    hits=(
        "horovod.common.exceptions.HorovodInternalError: Mismatched collective "
        "operations: One rank did an ALLREDUCE, but another rank did an ALLGATHER.",
    ),
    misses=("Mismatched shapes in concat",),
)
