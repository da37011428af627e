"""numpy is of a version that the installed TensorFlow does not ask for."""

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
    code="DOC271",
    name="numpy-out-of-bounds",
    severity=Severity.WARNING,
    why="TensorFlow is compiled against numpy: releases before 2.18 fail at import with numpy 2 "
    "(A module that was compiled using NumPy 1.x cannot be run in NumPy 2; _ARRAY_API not found).",
    fix="Install a numpy within the bounds.",
    source=SOURCE,
    detect=out_of_bounds("numpy", "numpy", "_ARRAY_API", "NumPy", "np.", "Python type!"),
    hits=(
        lambda: without_start(with_tensorflow_version(healthy_cpu(), "2.17.1")),
        lambda: with_package(with_tensorflow_version(healthy_cpu(), "2.18.1"), "numpy", "2.4.6"),
    ),
    misses=(
        healthy_cpu,
        lambda: with_package(healthy_cpu(), "numpy", None),
        lambda: without_start(with_package(healthy_cpu(), "numpy", "2.5.5")),
    ),
)
