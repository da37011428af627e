"""NVML's library is not there: without a GPU that is as it should be, with one it is the fault."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import is_tegra
from envprobe.doctor.rules._causes import told_by
from envprobe.doctor.rules._gpus import is_container
from envprobe.doctor.rules._nvml_states import shows_gpu, with_nvml
from envprobe.terms import Severity

# Why a driver's library is not there, and in a container or a virtual machine's host may not be.
CAUSES = ("DOC140", "DOC141", "DOC142", "DOC144", "DOC145")


def _detect(examination: Examination) -> Iterator[Seen]:
    nvml = examination.inventory.nvml
    if nvml.state != "absent" or is_tegra(examination):
        return  # Jetsons have it only since JetPack 6, and compute without it
    if shows_gpu(examination):
        if told_by(examination, *CAUSES):
            return
        yield Seen(
            seen=f"{nvml.reason}, though there is an NVIDIA GPU: {_traces(examination)}",
            fix=_remedy(examination),
            command=_command(examination),
        )
        return
    # WSL has /dev/dxg with any vendor's GPU: it may be NVIDIA's.
    windows = "dxg" in nvml.device_nodes
    yield Seen(
        seen="no libnvidia-ml.so.1 and no NVIDIA GPU on the bus",
        severity=Severity.INFO,
        why="TensorFlow will run on the CPU here.",
        fix=f"If Windows has an NVIDIA GPU: {_remedy(examination)}" if windows else None,
    )


def _traces(examination: Examination) -> str:
    inventory = examination.inventory
    nvidia = [gpu for gpu in inventory.pci_gpus if gpu.vendor == "NVIDIA"]
    if nvidia:
        return ", ".join(f"{gpu.bus_id} ({gpu.driver or 'no driver'})" for gpu in nvidia)
    module = inventory.nvml.kernel_module_version
    modules = [f"kernel module {module}"] if module else []
    return ", ".join([*modules, *(f"/dev/{node}" for node in inventory.nvml.device_nodes)])


def _remedy(examination: Examination) -> str:
    if is_container(examination):
        return "Start the container with --gpus all (NVIDIA Container Toolkit on the host)."
    if examination.inventory.host.surroundings.wsl == "wsl2":
        return (
            "Install NVIDIA's driver on Windows, none inside WSL, and keep /usr/lib/wsl/lib on the "
            "loader's path (ldconfig)."
        )
    return "Install NVIDIA's driver; when it is installed, run ldconfig."


def _command(examination: Examination) -> str | None:
    host = examination.inventory.host
    ubuntu = host.os_id == "ubuntu" and host.surroundings.wsl == "none"
    return as_root("ubuntu-drivers install") if ubuntu and not is_container(examination) else None


def _absent(container: str = "none", nodes: tuple[str, ...] = ("nvidia0",)) -> Examination:
    hidden = with_nvml("absent", "libnvidia-ml.so.1 cannot be loaded", device_nodes=nodes)
    return changed(hidden, "inventory.host.surroundings.container", container)


RULE = Rule(
    code="DOC101",
    name="nvml-absent",
    severity=Severity.ERROR,
    why="Without the driver's libraries TensorFlow cannot open the GPU.",
    fix=None,
    source="https://docs.nvidia.com/cuda/cuda-installation-guide-linux/",
    detect=_detect,
    hits=(_absent, lambda: _absent("docker"), healthy_cpu),
    misses=(healthy_gpu, lambda: _absent("docker", nodes=())),
)
