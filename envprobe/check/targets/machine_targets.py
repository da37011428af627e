"""The devices of one machine, or of machines that are alike, as targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from envprobe.check.target import Target
from envprobe.cluster.known_registry import KnownRegistry
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device, Environment
from envprobe.terms import Status

# What a machine is held to have where TensorFlow listed nothing: every one has a CPU.
_UNLISTED = Device(name="CPU:0", device_type="CPU")
# What a cell asks of a device, whichever of equal ones it is.
_Question = tuple[str, str, str, str, str]


class Machine(NamedTuple):
    """What its targets share; `name` and `nodes` are as in `Target`."""

    name: str
    nodes: tuple[str, ...]
    environment: Environment
    devices: tuple[Device, ...]
    cells: Sequence[Cell]
    registry: KnownRegistry


def targets_of_machine(machine: Machine) -> tuple[Target, ...]:
    """One target for each kind of device, the accelerators first; never none.

    Equal devices whose cells agree are one, by the name of the one with the most cells.
    Accelerators train where there are some, else the CPU.
    """
    by_device: dict[str, list[Cell]] = {}
    for cell in machine.cells:
        by_device.setdefault(cell.device, []).append(cell)
    devices = _different(machine.devices or (_UNLISTED,), by_device)
    hosts = [device for device in devices if device.device_type == "CPU"]
    accelerators = [device for device in devices if device.device_type != "CPU"]
    cpus = [_target(machine, one, by_device, trains=not accelerators) for one in hosts]
    beside = cpus[0] if cpus else None
    return (
        *(_target(machine, one, by_device, trains=True, cpu=beside) for one in accelerators),
        *cpus,
    )


def _target(
    machine: Machine,
    device: Device,
    cells: Mapping[str, Sequence[Cell]],
    *,
    trains: bool,
    cpu: Target | None = None,
) -> Target:
    return Target(
        name=machine.name,
        device=device,
        nodes=machine.nodes,
        environment=machine.environment,
        tensorflow=machine.environment.tensorflow,
        cells=tuple(cells.get(device.name, ())),
        registrations=machine.registry.registrations,
        registrations_unknown=machine.registry.unknown,
        cpu=cpu,
        trains_here=trains,
    )


def _different(
    devices: Sequence[Device], cells: Mapping[str, Sequence[Cell]]
) -> tuple[Device, ...]:
    """Of equal devices that came out alike the one that was asked the most."""
    groups: dict[tuple[str, str | None, str | None], list[Device]] = {}
    for device in devices:
        kind = (device.device_type, device.model, device.compute_capability)
        groups.setdefault(kind, []).append(device)
    return tuple(one for group in groups.values() for one in _different_of_kind(group, cells))


def _different_of_kind(
    devices: Sequence[Device], cells: Mapping[str, Sequence[Cell]]
) -> list[Device]:
    if len(devices) == 1:
        return list(devices)
    kept: list[tuple[Device, dict[_Question, Status]]] = []
    by_cells = sorted(devices, key=lambda device: -len(cells.get(device.name, ())))
    for device in by_cells:
        own = _answers(cells.get(device.name, ()))
        if not any(_agree(own, others) for _, others in kept):
            kept.append((device, own))
    return [device for device, _ in kept]


def _answers(cells: Sequence[Cell]) -> dict[_Question, Status]:
    return {
        (cell.op, cell.variant, cell.dtype, cell.direction, cell.mode): cell.status
        for cell in cells
        if cell.status is not Status.UNTESTED
    }


def _agree(some: Mapping[_Question, Status], others: Mapping[_Question, Status]) -> bool:
    return all(others.get(question, status) is status for question, status in some.items())
