"""The devices that TensorFlow would list on this machine, told without starting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from envprobe.inventory import Inventory
from envprobe.inventory.cuda_visible import Target as Shown
from envprobe.inventory.cuda_visible import Visibility, resolve_visible
from envprobe.inventory.gpu import Gpu
from envprobe.inventory.take import with_cuda_indexes
from envprobe.matrix.matrix import Device
from envprobe.probe.environment import devices_from


class PresentDevices(NamedTuple):
    """The CPU and the NVIDIA GPUs; `certain` is False where it is not known whether TensorFlow
    can use the GPUs."""

    devices: tuple[Device, ...]
    certain: bool
    notes: tuple[str, ...]


def present_devices(inventory: Inventory, environ: Mapping[str, str]) -> PresentDevices:
    """The devices; a GPU that the build cannot use, or that is hidden, is a note instead."""
    gpus, build = inventory.nvml.gpus, inventory.software.build
    if not gpus:
        return PresentDevices(_listed(inventory, ()), True, _why_none(inventory))
    models = ", ".join(sorted({gpu.name or "a GPU of unknown model" for gpu in gpus}))
    if build is not None and build.is_cuda_build is False:
        note = f"the installed TensorFlow is built without CUDA and cannot use {models}"
        return PresentDevices(_listed(inventory, ()), True, (note,))
    shown, notes = _shown(gpus, environ, models)
    certain = build is not None and build.is_cuda_build is True
    if shown and not certain:
        why = "no TensorFlow is installed here" if build is None else "its build does not say"
        notes += (f"whether TensorFlow can use {models} is not known: {why}",)
    return PresentDevices(_listed(inventory, shown), certain or not shown, notes)


def _shown(
    gpus: tuple[Gpu, ...], environ: Mapping[str, str], models: str
) -> tuple[tuple[Gpu, ...], tuple[str, ...]]:
    """The GPUs with the numbers that CUDA gives them."""
    seen = resolve_visible(gpus, environ)
    if seen.targets is not None:
        hidden = () if seen.targets else (f"TensorFlow sees no GPU: {_reason(seen, models)}",)
        return (with_cuda_indexes(gpus, seen) if seen.targets else ()), hidden
    numbered = Visibility(tuple(Shown(gpu.nvml_index) for gpu in gpus), {})
    note = "the GPUs differ, and which of them is GPU:0 is CUDA's choice"
    return with_cuda_indexes(gpus, numbered), (note,)


def _reason(seen: Visibility, models: str) -> str:
    return next(iter(seen.hidden.values()), f"CUDA does not enumerate {models}")


def _why_none(inventory: Inventory) -> tuple[str, ...]:
    if inventory.nvml.state in ("ok", "absent"):
        return ()
    return (
        f"NVIDIA's driver does not answer ({inventory.nvml.reason}), so this is about the CPU"
        " alone: `envprobe doctor` says what is wrong",
    )


def _listed(inventory: Inventory, shown: tuple[Gpu, ...]) -> tuple[Device, ...]:
    """As TensorFlow would list them, beside what the machine says of each."""
    indexes = [gpu.cuda_index for gpu in shown]
    indexes += [part.cuda_index for gpu in shown for part in gpu.mig_instances or ()]
    numbers = sorted(index for index in indexes if index is not None)
    rows = [{"name": "CPU:0", "device_type": "CPU", "details": {}}]
    rows += [{"name": f"GPU:{at}", "device_type": "GPU", "details": {}} for at in numbers]
    nvml = msgspec.structs.replace(inventory.nvml, gpus=shown)
    return devices_from(msgspec.structs.replace(inventory, nvml=nvml), {"devices": rows})
