"""protobuf is of a version that the installed TensorFlow does not ask for."""

from __future__ import annotations

from envprobe.doctor.examples import (
    healthy_cpu,
    with_package,
    with_tensorflow_version,
    without_start,
)
from envprobe.doctor.rule import Rule
from envprobe.doctor.rules._bounds import SOURCE, out_of_bounds
from envprobe.terms import Severity

RULE = Rule(
    code="DOC272",
    name="protobuf-out-of-bounds",
    severity=Severity.WARNING,
    why="TensorFlow's messages are generated code: an older runtime refuses it at import (Detected "
    "incompatible Protobuf Gencode/Runtime versions), a much newer one, too (Descriptors cannot be "
    "created directly).",
    fix="Install a protobuf within the bounds.",
    source=SOURCE,
    detect=out_of_bounds("protobuf", "rotobuf", "Descriptors cannot", "MessageFactory"),
    hits=(
        lambda: without_start(with_tensorflow_version(healthy_cpu(), "2.21.0")),
        lambda: without_start(
            with_package(with_tensorflow_version(healthy_cpu(), "2.18.1"), "protobuf", "6.33.5")
        ),
    ),
    misses=(healthy_cpu, lambda: without_start(with_package(healthy_cpu(), "protobuf", "7.36.2"))),
)
