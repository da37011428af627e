"""What has to be known of a machine before it can be said that doctor looked and found it well."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from envprobe.diagnose.here.machine import gpus_here, gpus_unknown, platform_of
from envprobe.inventory import Inventory


class Health(NamedTuple):
    """The facts that speak for it, or why they are not known; one of both is None."""

    well: str | None = None
    unknown: str | None = None


def driver(inventory: Inventory) -> Health:
    """The driver answers, and has GPUs."""
    nvml, gpus = inventory.nvml, gpus_here(inventory)
    if not gpus:
        return Health(unknown=gpus_unknown(inventory))
    models = ", ".join(sorted({gpu.name or "a GPU" for gpu in gpus}))
    cuda = f" (CUDA up to {nvml.cuda_driver_version})" if nvml.cuda_driver_version else ""
    return Health(well=f"the driver {nvml.driver_version or ''}{cuda} has {models}")


def gpu_software(inventory: Inventory) -> Health:
    """There is a GPU too, and a TensorFlow that is built for it."""
    held, build = driver(inventory), inventory.software.build
    if held.well is None:
        return held
    if build is None:
        return Health(unknown="no TensorFlow is installed beside this envprobe")
    if not build.is_cuda_build or inventory.software.libraries is None:
        return Health(unknown=f"the TensorFlow that is installed here {_lacking(inventory)}")
    return Health(well=f"{held.well}, {_built(inventory)}")


def _lacking(inventory: Inventory) -> str:
    build = inventory.software.build
    if build is not None and build.is_cuda_build is False:
        return "is built without CUDA"
    return "does not tell what it needs"


def _version(inventory: Inventory) -> str:
    installed = inventory.software.tensorflow
    return installed[0].version if installed else "of unknown version"


def _wanted(inventory: Inventory) -> str:
    build = inventory.software.build
    cuda = build.cuda_version if build else None
    known = f"CUDA {cuda}" if cuda else "a CUDA of unknown version"
    return f"{known} and cuDNN {build.cudnn_version}" if build and build.cudnn_version else known


def cudnn(inventory: Inventory) -> Health:
    """A cuDNN that the loader finds, of known version."""
    held = gpu_software(inventory)
    if held.well is None:
        return held
    loadable = [
        one
        for one in inventory.software.libraries or ()
        if one.name == "cudnn" and one.order is not None and one.version
    ]
    if not loadable:
        return Health(unknown="no cuDNN of known version is found here")
    first = min(loadable, key=lambda one: one.order or 0)
    return Health(well=f"the cuDNN that is found first is {first.version}, {_built(inventory)}")


def _built(inventory: Inventory) -> str:
    return f"and TensorFlow {_version(inventory)} wants {_wanted(inventory)}"


def architecture(inventory: Inventory) -> Health:
    """What the build has code for, and the GPUs' compute capabilities."""
    held, build = gpu_software(inventory), inventory.software.build
    targets = build.cuda_compute_capabilities if build else None
    capabilities = {gpu.compute_capability for gpu in gpus_here(inventory) or ()}
    if held.well is None:
        return held
    if not targets or None in capabilities:
        return Health(unknown="for which GPUs the installed TensorFlow has code is not known")
    own = ", ".join(sorted(filter(None, capabilities)))
    return Health(well=f"compute capability {own}, and the build has code for {', '.join(targets)}")


def on(platform: str, named: str) -> Callable[[Inventory], Health]:
    """Whether this is that operating system at all; what is wrong with it then is not known."""

    def health(inventory: Inventory) -> Health:
        if platform_of(inventory) != platform:
            return Health(unknown=f"this machine is not {named}")
        return Health(unknown=f"`envprobe doctor` finds nothing of the kind on this {named}")

    return health


def wsl(inventory: Inventory) -> Health:
    """Whether this is WSL at all."""
    if inventory.host.surroundings.wsl in ("wsl1", "wsl2"):
        return driver(inventory)
    return Health(unknown="this machine is not WSL")


def tensorflow(inventory: Inventory) -> Health:
    """Which one is installed."""
    if not inventory.software.tensorflow:
        return Health(unknown="it is not known which packages are installed here")
    python = inventory.software.python.version or "of unknown version"
    return Health(well=f"TensorFlow {_version(inventory)} is installed for Python {python}")


def packages(*names: str) -> Callable[[Inventory], Health]:
    """The versions of those of the packages that are there."""

    def health(inventory: Inventory) -> Health:
        if not inventory.software.tensorflow:
            return Health(unknown="no TensorFlow is installed beside this envprobe")
        there = [one for one in inventory.software.packages or () if one.name in names]
        if not there:
            return Health(unknown=f"{' or '.join(names)} is not installed beside this envprobe")
        told = ", ".join(f"{one.name} {one.version}" for one in there)
        return Health(well=f"{told} beside TensorFlow {_version(inventory)}")

    return health
