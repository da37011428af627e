"""h5py is of a version that the installed TensorFlow does not ask for."""

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
    code="DOC273",
    name="h5py-out-of-bounds",
    severity=Severity.WARNING,
    why="Keras reads and writes .h5 and .weights.h5 files with it; with h5py 3 a TensorFlow before "
    "2.5 cannot load them ('str' object has no attribute 'decode').",
    fix="Install an h5py within the bounds.",
    source=SOURCE,
    detect=out_of_bounds("h5py", "h5py", "HDF5"),
    hits=(
        lambda: without_start(
            with_package(with_tensorflow_version(healthy_cpu(), "2.21.0"), "h5py", "3.16.0")
        ),
        lambda: with_tensorflow_version(healthy_cpu(), "2.4.4"),
    ),
    misses=(healthy_cpu, lambda: with_package(healthy_cpu(), "h5py", None)),
)
