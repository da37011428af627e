"""Which workers a machine gets: parallel ones for its CPU, one for each accelerator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
MAX_CPU_WORKERS = 8  # each costs TensorFlow's import and its memory


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Where a device's questions go: a lane, and the device's name in that lane's workers."""

    lane: Lane
    local_name: str


def first_lane(*, cpu_devices: int, workers: int, available_bytes: int | None) -> Lane:
    """The lane that sees every device; on a machine with CPUs only, the one that does it all."""
    workers = max(1, min(workers, MAX_CPU_WORKERS))
    return Lane(
        name="all devices",
        config={"cpu_devices": cpu_devices, "gpus": "all"},
        workers=workers,
        limit_seconds=CELL_LIMIT_SECONDS,
        first_limit_seconds=FIRST_GPU_LIMIT_SECONDS,
        hello_limit_seconds=HELLO_LIMIT_SECONDS,
        memory_limit_bytes=_share(available_bytes, workers),
    )


def seats(first: Lane, devices: Sequence[Device]) -> Mapping[str, Seat]:
    """The seat of each device by its name.

    GPUs are asked one worker each, since two processes on one GPU would share its memory and
    disturb each other; CPU workers then see no GPU, since each would take a context on it.
    """
    if all(device.device_type == "CPU" for device in devices):
        return {device.name: Seat(lane=first, local_name=device.name) for device in devices}
    replace = msgspec.structs.replace
    all_devices = replace(first, workers=1)
    cpu = replace(first, name="CPU", config={**first.config, "gpus": "none"})
    gpus = [device for device in devices if device.device_type == "GPU"]
    found: dict[str, Seat] = {}
    for device in devices:
        if device.device_type == "CPU":
            found[device.name] = Seat(lane=cpu, local_name=device.name)
        elif device.device_type == "GPU" and len(gpus) > 1:
            index = int(device.name.split(":")[1])
            config: dict[str, Any] = {**first.config, "gpus": [index]}
            lane = replace(all_devices, name=device.name, config=config)
            found[device.name] = Seat(lane=lane, local_name="GPU:0")
        else:
            found[device.name] = Seat(lane=all_devices, local_name=device.name)
    return found


def _share(available_bytes: int | None, workers: int) -> int | None:
    if available_bytes is None:
        return None
    return int(available_bytes * MEMORY_SHARE) // workers
