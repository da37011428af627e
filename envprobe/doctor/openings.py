"""Which shared libraries the installed TensorFlow opens on a GPU, and whether they open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from envprobe.doctor.examination import Examination
from envprobe.inventory import Inventory
from envprobe.probe.loss import WorkerLost, WorkerRefused

if TYPE_CHECKING:
    from envprobe.probe.process import WorkerProcess

LIMIT_SECONDS = 120.0
# CUDA major -> what `TryDlopenCUDALibraries` asks for (tsl/platform/default/dso_loader.cc; the
# names were read out of the wheels of 2.13, 2.18, 2.20 and 2.21). TensorFlow passes over all GPUs
# when one of them does not open.
SONAMES = {
    "11": (
        "libcudart.so.11.0",
        "libcublas.so.11",
        "libcublasLt.so.11",
        "libcufft.so.10",
        "libcusolver.so.11",
        "libcusparse.so.11",
    ),
    "12": (
        "libcudart.so.12",
        "libcublas.so.12",
        "libcublasLt.so.12",
        "libcufft.so.11",
        "libcusolver.so.11",
        "libcusparse.so.12",
    ),
}
DRIVER = "libcuda.so.1"
CURAND = "libcurand.so.10"
WITHOUT_CURAND = Version("2.14")  # the first release that does not ask for it


def sonames_of_build(examination: Examination) -> tuple[str, ...] | None:
    """What TensorFlow opens at its start on a GPU; None for a build whose names are not known."""
    build = examination.inventory.software.build
    if build is None or not build.is_cuda_build or not build.cuda_version:
        return None
    names: tuple[str, ...] | None = SONAMES.get(build.cuda_version.partition(".")[0])
    if names is None:
        return None
    if examination.tensorflow is not None and examination.tensorflow < WITHOUT_CURAND:
        names = (*names, CURAND)
    if build.cudnn_version:
        names = (*names, f"libcudnn.so.{build.cudnn_version.partition('.')[0]}")
    return names


def openings_question(inventory: Inventory) -> dict[str, Any] | None:
    """The worker's question; None where the answer makes no difference (no GPU and no wheels of
    CUDA's libraries), and where the names are not known.
    """
    names = sonames_of_build(Examination(inventory=inventory))
    folder = inventory.software.tensorflow_folder
    if names is None or folder is None or not _matters(inventory):
        return None
    if inventory.nvml.gpus:  # elsewhere it is missing by rights
        names = (DRIVER, *names)
    own = str(Path(folder) / "tensorflow")
    return {"ask": "openings", "sonames": list(names), "folder": own}


def ask_openings(worker: WorkerProcess, inventory: Inventory) -> dict[str, str | None] | None:
    """Each library with the loader's error, None where it opened.

    None as a whole where there is no question, and where the worker does not live to answer.
    """
    question = openings_question(inventory)
    if question is None:
        return None
    try:
        answer = worker.ask(question, limit_seconds=LIMIT_SECONDS)["openings"]
    except (WorkerLost, WorkerRefused, KeyError):
        return None
    return {str(name): error for name, error in answer.items()}


def _matters(inventory: Inventory) -> bool:
    wheels = any(package.role == "nvidia" for package in inventory.software.packages or ())
    on_bus = any(gpu.vendor == "NVIDIA" for gpu in inventory.pci_gpus)
    return bool(inventory.nvml.gpus) or on_bus or wheels
