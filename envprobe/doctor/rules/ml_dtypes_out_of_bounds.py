"""ml_dtypes is of a version that the installed TensorFlow does not ask for."""

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
    code="DOC274",
    name="ml-dtypes-out-of-bounds",
    severity=Severity.WARNING,
    why="It gives numpy bfloat16 and the float8 types. JAX asks for a newer one than TensorFlow "
    "before 2.19 allows; with one that is too old the import fails (module 'ml_dtypes' has no "
    "attribute …).",
    fix="Install an ml_dtypes within the bounds; give JAX an environment of its own, or take "
    "TensorFlow 2.19 or newer.",
    source=SOURCE,
    detect=out_of_bounds("ml-dtypes", "ml_dtypes"),
    hits=(
        lambda: without_start(with_tensorflow_version(healthy_cpu(), "2.17.1")),
        lambda: without_start(with_package(healthy_cpu(), "ml-dtypes", "0.4.1")),
    ),
    misses=(healthy_cpu, lambda: with_tensorflow_version(healthy_cpu(), "2.12.1")),
)
