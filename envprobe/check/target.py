"""What a model is held against: one device of a machine, or of the machines of one profile."""

from __future__ import annotations

from typing import NamedTuple

from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device, Environment
from envprobe.registrations import Registrations


class Target(NamedTuple):
    """A device with all that is known of its kernels.

    `name` and `nodes` are as in `TargetResult`. `cells` are those of this device alone, empty
    where nothing was measured. `registrations` is the registry of its TensorFlow; without one
    `registrations_unknown` says why. `cpu` is the CPU beside an accelerator, where TensorFlow puts
    what the accelerator has no kernel for. `trains_here`: training would use this device.
    """

    name: str
    device: Device
    nodes: tuple[str, ...] = ()
    environment: Environment | None = None
    tensorflow: str | None = None
    cells: tuple[Cell, ...] = ()
    registrations: Registrations | None = None
    registrations_unknown: str | None = None
    cpu: Target | None = None
    trains_here: bool = True
