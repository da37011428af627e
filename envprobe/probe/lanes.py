"""Which workers a machine gets: parallel ones for its CPU, one for each accelerator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from envprobe.matrix.matrix import Device
from envprobe.probe.lane import Lane

WORKER_FOLDER = Path(__file__).resolve().parent.parent / "worker"
CELL_LIMIT_SECONDS = 30.0
HELLO_LIMIT_SECONDS = 120.0  # TensorFlow's import, from a cold network disk
# A GPU opens its libraries, and may compile all of its kernels from PTX, in the first call.
FIRST_GPU_LIMIT_SECONDS = 300.0
MEMORY_SHARE = 0.8  # of what is available now, split among the workers
MAX_WORKERS = 8  # each costs TensorFlow's import and its memory


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Where a device's questions go: a lane, and the device's name in that lane's workers."""

    lane: Lane
    local_name: str


class Seats(msgspec.Struct, frozen=True, kw_only=True):
    """The seat of each device; `together` is the lane whose worker sees all of them."""

    by_device: dict[str, Seat]
    together: Lane

    def of(self, device: str, least_devices: int = 1) -> Seat:
        """The seat for a question on a device that takes so many devices of its type."""
        if least_devices > 1:
            return Seat(lane=self.together, local_name=device)
        return self.by_device[device]

    @property
    def lanes(self) -> list[Lane]:
        """Every lane once."""
        lanes = [*(seat.lane for seat in self.by_device.values()), self.together]
        return list({lane.name: lane for lane in lanes}.values())


def first_lane(
    *,
    cpu_devices: int,
    workers: int,
    available_bytes: int | None,
    libraries: Sequence[str] = (),
) -> Lane:
    """The lane that sees every device; on a machine with CPUs only, the one that does it all.

    `libraries` are the files of custom ops that its workers, and all that follow it, load.
    """
    return Lane(
        name="all devices",
        config={"cpu_devices": cpu_devices, "gpus": "all", "libraries": list(libraries)},
        workers=workers,
        limit_seconds=CELL_LIMIT_SECONDS,
        first_limit_seconds=FIRST_GPU_LIMIT_SECONDS,
        hello_limit_seconds=HELLO_LIMIT_SECONDS,
        memory_limit_bytes=_share(available_bytes, workers),
    )


def assign_seats(first: Lane, devices: Sequence[Device], *, cpu_workers: int) -> Seats:
    """The seat of each device by its name.

    GPUs are asked by one worker each, since two processes on one GPU would share its memory and
    disturb each other; CPU workers then see no GPU, since each would take a context on it.
    """
    replace = msgspec.structs.replace
    if all(device.device_type == "CPU" for device in devices):
        # An accelerator that TensorFlow does not list may have kept the first lane small.
        lane = first if first.workers == cpu_workers else replace(first, name="CPU")
        cpu = _shared(lane, cpu_workers) if lane is not first else first
        names = [device.name for device in devices]
        by_device = {name: Seat(lane=cpu, local_name=name) for name in names}
        return Seats(by_device=by_device, together=cpu)
    together = first if first.workers == 1 else replace(first, name="accelerators", workers=1)
    cpu_config = {**first.config, "gpus": "none"}
    cpu = replace(_shared(first, cpu_workers), name="CPU", config=cpu_config)
    gpus = sum(device.device_type == "GPU" for device in devices)
    return Seats(
        by_device={device.name: _seat(device, gpus, cpu, together) for device in devices},
        together=together,
    )


def _seat(device: Device, gpus: int, cpu: Lane, together: Lane) -> Seat:
    if device.device_type == "CPU":
        return Seat(lane=cpu, local_name=device.name)
    if device.device_type != "GPU" or gpus == 1:
        return Seat(lane=together, local_name=device.name)
    index = int(device.name.split(":")[1])
    config: dict[str, Any] = {**together.config, "gpus": [index]}
    lane = msgspec.structs.replace(together, name=device.name, config=config)
    return Seat(lane=lane, local_name="GPU:0")


def _shared(lane: Lane, workers: int) -> Lane:
    """The lane with so many workers, who share the memory of those it had."""
    limit = lane.memory_limit_bytes
    memory = None if limit is None else limit * lane.workers // workers
    return msgspec.structs.replace(lane, workers=workers, memory_limit_bytes=memory)


def _share(available_bytes: int | None, workers: int) -> int | None:
    if available_bytes is None:
        return None
    return int(available_bytes * MEMORY_SHARE) // workers
