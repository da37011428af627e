"""What the rules on the way from a program to the GPU share: driver, devices, containers."""

from __future__ import annotations

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.inventory.cuda_visible import HIDE_ALL, VARIABLE
from envprobe.inventory.libraries import Library
from envprobe.inventory.pci import PciGpu

DRIVER_LIBRARY = "libcuda.so.1"
TOOLKIT_GUIDE = "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html"
# Engine -> how it is told to pass the GPUs on.
PASSED_BY = {
    "docker": "docker run --gpus all …",
    "podman": "podman run --device nvidia.com/gpu=all … (with a CDI file: nvidia-ctk cdi generate)",
    "kubernetes": "resources: limits: nvidia.com/gpu: 1 in the pod, and NVIDIA's device plugin",
    "apptainer": "apptainer exec --nv …",
    "lxc": "lxc config device add NAME gpu gpu, and nvidia.runtime=true",
}


def container(examination: Examination) -> str | None:
    """The container's engine; None on a system of its own, and where that is not known."""
    name = examination.inventory.host.surroundings.container
    return None if name in (None, "none") else name


def wants_no_gpu(examination: Examination) -> bool:
    """Whether a CPU build was chosen, or every GPU is hidden by the variable: in a container of a
    host with GPUs that is nobody's fault."""
    build = examination.inventory.software.build
    hidden = examination.environ.get(VARIABLE)
    chosen = hidden is not None and hidden.strip() in HIDE_ALL
    return chosen or (build is not None and build.is_cuda_build is False)


def how_to_pass_gpus(examination: Examination) -> str:
    """What the container has to be started with."""
    engine = container(examination) or ""
    return PASSED_BY.get(engine, "the engine's option for GPUs (docker: --gpus all)")


def nvidia_gpus(examination: Examination) -> tuple[PciGpu, ...]:
    """NVIDIA's GPUs on the bus, whoever drives them."""
    return tuple(gpu for gpu in examination.inventory.pci_gpus if gpu.vendor == "NVIDIA")


def bound_to(examination: Examination, *drivers: str) -> tuple[PciGpu, ...]:
    """NVIDIA's GPUs on the bus that one of these kernel drivers has."""
    return tuple(gpu for gpu in nvidia_gpus(examination) if gpu.driver in drivers)


def is_tegra(examination: Examination) -> bool:
    """Whether it is a Jetson: its GPU is part of the chip, and its driver part of the system."""
    return "tegra" in (examination.inventory.host.kernel or "")


def gpu_nodes(examination: Examination) -> tuple[str, ...]:
    """The nodes of single GPUs in /dev (`nvidia0`)."""
    nodes = examination.inventory.nvml.device_nodes
    return tuple(name for name in nodes if name.removeprefix("nvidia").isdigit())


def driver_libraries(examination: Examination) -> tuple[Library, ...]:
    """Every libcuda.so.1 that the loader could take, its first choice first."""
    found = examination.inventory.software.libraries or ()
    cuda = [x for x in found if x.soname == DRIVER_LIBRARY and x.order is not None]
    return tuple(sorted(cuda, key=lambda library: library.order or 0))


def lists_gpus(examination: Examination) -> bool:
    """Whether TensorFlow runs and has GPUs, whatever else looks wrong."""
    report = examination.inventory.tensorflow
    return report is not None and any(device.device_type == "GPU" for device in report.devices)


def cut_off(**nvml: object) -> Examination:
    """The healthy machine, whose NVML is absent and whose TensorFlow was not asked."""
    fields = {"state": "absent", "reason": "libnvidia-ml.so.1 cannot be loaded", "gpus": ()}
    one = changed(healthy_gpu(), "inventory.tensorflow", None)
    for name, value in {**fields, "device_nodes": (), **nvml}.items():
        one = changed(one, f"inventory.nvml.{name}", value)
    return changed(one, "openings", None)


def inside(examination: Examination, engine: str = "docker") -> Examination:
    """The examination, made in a container."""
    return changed(examination, "inventory.host.surroundings.container", engine)


def with_driver_library(examination: Examination, path: str, version: str | None) -> Examination:
    """The examination with that libcuda.so.1 as the loader's first choice."""
    others = [
        x for x in examination.inventory.software.libraries or () if x.soname != DRIVER_LIBRARY
    ]
    library = Library(
        name="cuda",
        soname=DRIVER_LIBRARY,
        path=path,
        source="ld.so.cache",
        order=0,
        version=version,
    )
    return changed(examination, "inventory.software.libraries", (*others, library))
