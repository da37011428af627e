"""Whether an error was raised while saved weights were read into a model."""

from __future__ import annotations

from envprobe.diagnose.pattern import compiled
from envprobe.diagnose.rule import Confidence, Reading
from envprobe.diagnose.rules._targets import trace_of
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

LOADS = (
    r"(?:load_weights|hdf5_format|legacy_h5_format|batch_set_value|saving_lib|\brestore\(|\.restore"
    r"|saver\.py|checkpoint\.py|saveable_object_util)"
)

WEIGHTS = Reading(
    cause=Cause.CHECKPOINT_MISMATCH,
    confidence=Confidence.LIKELY,
    why="The values come from a file of weights, and the model's variable has another shape: the "
    "file is of another model.",
    fix="Build exactly the model that was saved (classes, input size, include_top), or leave the "
    "layers that differ out: load_weights(file, by_name=True, skip_mismatch=True).",
)


def loads_weights(sighting: Sighting) -> bool:
    """Whether the frames above are those of reading weights."""
    return compiled(LOADS).search(trace_of(sighting.before)) is not None
