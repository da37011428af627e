"""A distribution strategy was given devices that TensorFlow does not see."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import (
    HIDDEN,
    NO_DRIVER,
    NO_LIBRARIES,
    WITHOUT_GPU,
    degraded,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if compiled(r"(?i)gpu:0").search(sighting.fields["devices"]):
        return degraded(sighting, log, Cause.INVALID_DEVICE_PLACEMENT)
    return Reading()


RULE = Rule(
    code="LOG156",
    name="strategy-device-not-visible",
    cause=Cause.DEVICE_ORDINAL,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Some requested devices in `tf\.distribute\.Strategy` are not visible to TensorFlow: "
            r"(?P<devices>\S.*)"
        ),
    ),
    yields_to=WITHOUT_GPU,
    seen="The strategy names devices that TensorFlow does not see: {devices}.",
    why="The list of devices was written for a machine with more GPUs, or CUDA_VISIBLE_DEVICES or "
    "set_visible_devices hides some. The first op on such a device fails.",
    fix="Create the strategy without a list (tf.distribute.MirroredStrategy()), which takes all "
    "visible GPUs, or name only those that tf.config.list_logical_devices('GPU') gives.",
    candidates=(HIDDEN, NO_LIBRARIES, NO_DRIVER),
    read=_read,
    source="tensorflow/python/distribute/mirrored_strategy.py",
    hits=(
        "WARNING:tensorflow:Some requested devices in `tf.distribute.Strategy` are not visible to "
        "TensorFlow: /job:localhost/replica:0/task:0/device:GPU:3\n",
    ),
    misses=(
        "INFO:tensorflow:Using MirroredStrategy with devices "
        "('/job:localhost/replica:0/task:0/device:GPU:0',)\n",
    ),
)
