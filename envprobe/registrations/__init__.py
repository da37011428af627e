"""TensorFlow's own registry: op definitions, kernels and gradients, of any release or build.

It says what is registered, for every device type, also where there is no such device. That a
kernel is registered does not mean that it works: only a measured cell says that.
"""

from __future__ import annotations

from envprobe.registrations.definition import Argument, Attribute, OpDefinition
from envprobe.registrations.gradient import Gradient, GradientNodes
from envprobe.registrations.kernel import Kernel
from envprobe.registrations.registrations import Registrations
from envprobe.registrations.store import known_releases, nearest_release, read_release

__all__ = [
    "Argument",
    "Attribute",
    "Gradient",
    "GradientNodes",
    "Kernel",
    "OpDefinition",
    "Registrations",
    "known_releases",
    "nearest_release",
    "read_release",
]
