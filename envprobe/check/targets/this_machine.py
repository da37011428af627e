"""This machine as targets: by its last scan, or by what TensorFlow registers for its devices."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import msgspec

from envprobe.check.target import Target
from envprobe.check.targets.machine_targets import Machine, targets_of_machine
from envprobe.check.targets.present_devices import PresentDevices, present_devices
from envprobe.cluster.known_registry import KnownRegistry, Registries, nearest_known
from envprobe.evidence.saved_scan import saved_scan
from envprobe.inventory import Inventory, take_inventory
from envprobe.matrix.location import matrices_folder, matrices_of
from envprobe.matrix.matrix import Environment, Matrix
from envprobe.probe.environment import environment_without_tensorflow
from envprobe.probe.interpreter import interpreter
from envprobe.registrations import known_releases, read_release

NAME = "this machine"


class MachineTargets(NamedTuple):
    """The targets, the file that holds their cells (None: nothing is measured), and what to tell
    of both."""

    targets: tuple[Target, ...]
    matrix: Path | None
    notes: tuple[str, ...]


def this_machine(tensorflow: str | None, python: str | None) -> MachineTargets:
    """This machine's devices with the cells of its newest scan that still holds, if any.

    `tensorflow` is the release of the op list, by default the one that is installed; `python` the
    interpreter that will train. Raises UsageError where that cannot be run. TensorFlow is not
    started.
    """
    inventory = take_inventory(python=interpreter(python) if python else None)
    host = inventory.host.hostname
    files = matrices_of(host, matrices_folder()) if host else []
    return machine_of(inventory, tensorflow, files, os.environ, datetime.now(timezone.utc))


def machine_of(
    inventory: Inventory,
    tensorflow: str | None,
    files: list[Path],
    environ: Mapping[str, str],
    now: datetime,
) -> MachineTargets:
    """The same for a machine that was asked; `files` are its matrices, the newest first."""
    installed = _installed(inventory)
    release = tensorflow or installed or known_releases()[-1]
    notes = _release_notes(tensorflow, installed, release)
    saved = saved_scan(files, release, inventory, now)
    if saved.matrix is not None:
        targets, more = _measured(saved.matrix)
        return MachineTargets(targets, saved.path, (*notes, *saved.notes, *more))
    present = present_devices(inventory, environ)
    registry = _nearest(release)
    more = (registry.note,) if registry.note else ()
    return MachineTargets(
        _unmeasured(inventory, release, present, registry),
        None,
        (*notes, *present.notes, *saved.notes, *more),
    )


def _measured(matrix: Matrix) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    registry = Registries().of(matrix)
    targets = targets_of_machine(
        Machine(
            name=NAME,
            nodes=(matrix.scan.host,),
            environment=matrix.environment,
            devices=matrix.devices,
            cells=matrix.cells,
            registry=registry,
        )
    )
    return targets, (registry.note,) if registry.note else ()


def _unmeasured(
    inventory: Inventory, release: str, present: PresentDevices, registry: KnownRegistry
) -> tuple[Target, ...]:
    targets = targets_of_machine(
        Machine(
            name=NAME,
            nodes=(inventory.host.hostname,) if inventory.host.hostname else (),
            environment=_environment(inventory, release),
            devices=present.devices,
            cells=(),
            registry=registry,
        )
    )
    if present.certain:
        return targets
    # Either may be the one that trains, and the answer has to hold for both.
    return tuple(target._replace(trains_here=True) for target in targets)


def _environment(inventory: Inventory, release: str) -> Environment:
    build = inventory.software.build
    return msgspec.structs.replace(
        environment_without_tensorflow(inventory),
        tensorflow=release,
        tensorflow_build=dict(build.entries) if build else {},
        onednn=inventory.cpu.onednn_expected,
    )


def _installed(inventory: Inventory) -> str | None:
    found = inventory.software.tensorflow
    return found[0].version if found else None


def _release_notes(tensorflow: str | None, installed: str | None, release: str) -> tuple[str, ...]:
    if tensorflow and installed and tensorflow != installed:
        return (
            f"the op list is of TensorFlow {tensorflow}, and {installed} is installed here:"
            f" the answer is for {tensorflow}",
        )
    if tensorflow is None:
        whose = "the installed one" if installed else "the newest that envprobe knows"
        return (f"the op list names no TensorFlow: taken is {release}, {whose}",)
    return ()


def _nearest(release: str) -> KnownRegistry:
    near = nearest_known(release)
    if near is None:
        return KnownRegistry(unknown=f"{release!r} is no release of TensorFlow")
    note = f"no registry of TensorFlow {release} is known: that of {near} stands in for it"
    return KnownRegistry(registrations=read_release(near), note=None if near == release else note)
