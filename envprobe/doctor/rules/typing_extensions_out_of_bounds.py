"""typing-extensions is of a version that the installed TensorFlow does not ask for."""

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
    code="DOC275",
    name="typing-extensions-out-of-bounds",
    severity=Severity.WARNING,
    why="TensorFlow 2.12.1 and 2.13 ask for one below 4.6, and current releases of pydantic, "
    "PyTorch and IPython need a newer one: whoever is installed last breaks the other (cannot "
    "import name 'TypeAliasType' from 'typing_extensions').",
    fix="Install TensorFlow 2.14 or newer, which sets no such bound, or a typing-extensions within "
    "the bounds.",
    source=SOURCE,
    detect=out_of_bounds("typing-extensions", "typing_extensions"),
    hits=(lambda: without_start(with_tensorflow_version(healthy_cpu(), "2.13.1")),),
    misses=(
        healthy_cpu,
        lambda: with_package(
            with_tensorflow_version(healthy_cpu(), "2.13.1"), "typing-extensions", "4.5.0"
        ),
    ),
)
