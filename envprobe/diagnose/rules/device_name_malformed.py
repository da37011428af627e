"""A device's name is not written as TensorFlow reads it."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    told = sighting.fields.get("device", "")
    return None if "{" in told or "%" in told else Reading()


RULE = Rule(
    code="LOG158",
    name="device-name-malformed",
    cause=Cause.INVALID_DEVICE_PLACEMENT,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Malformed device specification '(?P<device>[^']*)'"),
        Pattern(r"Failed to parse device name:? '?(?P<device>[^'\s]+)"),
        Pattern(
            r"Unknown attribute '(?P<device>[^']+)' is encountered while parsing the device spec"
        ),
        Pattern(r"Error: Unknown attribute: '?(?P<device>[^'\s]+)'? in '(?P<whole>[^']+)'"),
        Pattern(
            r"Multiple device types are not allowed while parsing the device spec: (?P<device>\S+)"
        ),
        Pattern(r"Could not parse (?:device|job) name:? (?P<device>\S+)"),
        Pattern(r"Error: Invalid device (?:name|specification|string):? '?(?P<device>[^'\s]+)"),
    ),
    seen="The device name {device} cannot be read.",
    why="TensorFlow expects /job:NAME/replica:N/task:N/device:TYPE:N, or a short form such as "
    "/GPU:0 or /cpu:0. PyTorch's 'cuda:0' is not one of them.",
    fix="Write '/GPU:0' (or '/CPU:0') in tf.device, and take the names from "
    "tf.config.list_logical_devices().",
    read=_read,
    source="tensorflow/python/framework/device_spec.py",
    hits=(
        "ValueError: Unknown attribute 'cuda' is encountered while parsing the device spec: "
        "'/cuda:0'.\n",
    ),
    misses=(
        "    raise ValueError(f\"Unknown attribute '{y[0]}' is encountered while parsing the "
        'device spec")\n',
    ),
)
