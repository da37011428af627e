"""Findings on NVML itself (INV101 to INV109): absent, mismatched, refused, hanging."""

from __future__ import annotations

from envprobe.inventory.container import Surroundings
from envprobe.inventory.gpu_questions import ERROR_TEXTS, NO_PERMISSION
from envprobe.inventory.nvml import Nvml, is_lost
from envprobe.inventory.pci import PciGpu
from envprobe.terms import Finding, Severity

RELOAD = (
    "Reboot, or unload and load the modules: rmmod nvidia_uvm nvidia_drm nvidia_modeset nvidia "
    "&& modprobe nvidia. In a container restart it, so that it gets the host's new library."
)

# state -> (code, name, severity, why, fix); `absent` is judged by what the machine has.
STATES: dict[str, tuple[str, str, Severity, str, str]] = {
    "no_binding": (
        "INV102",
        "nvml-binding-missing",
        Severity.WARNING,
        "Without it nothing can be told about NVIDIA GPUs, whether there are any or not.",
        "pip install nvidia-ml-py",
    ),
    "version_mismatch": (
        "INV103",
        "nvml-driver-mismatch",
        Severity.ERROR,
        "The driver was updated and its old kernel module is still loaded: no program can open a "
        "GPU, and TensorFlow runs on the CPU.",
        RELOAD,
    ),
    "too_old": (
        "INV104",
        "nvml-too-old",
        Severity.ERROR,
        "This driver is older than everything that TensorFlow 2.13 and newer can run on "
        "(Linux: 450.80.02 for CUDA 11, 525.60.13 for CUDA 12).",
        "Install a current NVIDIA driver.",
    ),
    "driver_not_loaded": (
        "INV105",
        "nvidia-driver-not-loaded",
        Severity.ERROR,
        "The user-space libraries are there, the kernel module is not: no GPU can be opened.",
        "modprobe nvidia; when that fails, reinstall the driver for the running kernel (dkms, "
        "secure boot). In a container, load it on the host.",
    ),
    "no_permission": (
        "INV106",
        "nvml-no-permission",
        Severity.ERROR,
        "This user may not open /dev/nvidiactl, so CUDA cannot either.",
        "Add the user to the group that owns /dev/nvidia* (often video or render), or let the "
        "container have the devices (--gpus all).",
    ),
    "timed_out": (
        "INV107",
        "nvml-timed-out",
        Severity.ERROR,
        "NVML waits in the kernel when a GPU has crashed, is being reset, or when many GPUs start "
        "without persistence mode; CUDA would wait there too.",
        "Look into dmesg for NVRM Xid lines; turn persistence mode on (nvidia-smi -pm 1); reset or "
        "reboot when it stays.",
    ),
    "gpu_lost": (
        "INV108",
        "gpu-lost",
        Severity.ERROR,
        "A GPU has fallen off the bus, and NVML does not open for the others either.",
        "Look into dmesg for NVRM Xid 79; power-cycle the machine; check power and risers.",
    ),
    "failed": (
        "INV109",
        "nvml-failed",
        Severity.ERROR,
        "NVML does not open, so nothing is known about the GPUs and CUDA will hardly open either.",
        "Run nvidia-smi and look into dmesg for NVRM lines.",
    ),
}


def judge_nvml(nvml: Nvml, pci: tuple[PciGpu, ...], surroundings: Surroundings) -> list[Finding]:
    """What NVML's state means on a machine that has a GPU, and on one that has none."""
    # A node in /dev or a loaded module shows a GPU also where the bus is hidden (sandboxes).
    nodes = any(node.startswith("nvidia") for node in nvml.device_nodes)
    driver = nvml.kernel_module_version is not None or nodes
    has_gpu = driver or any(gpu.vendor == "NVIDIA" for gpu in pci)
    if nvml.state == "absent":
        return [_absent(nvml, pci, surroundings, has_gpu)]
    found = []
    if nvml.state in STATES:
        code, name, severity, why, fix = STATES[nvml.state]
        gone = nvml.state == "driver_not_loaded" and not has_gpu
        found.append(
            Finding(
                code=code,
                name=name,
                # Driver libraries on a machine without a GPU (an image, a login node) are no fault.
                severity=Severity.INFO if gone else severity,
                seen=_seen(nvml),
                why=why,
                fix=fix,
            )
        )
    return found + _refused(nvml)


def _seen(nvml: Nvml) -> str:
    seen = nvml.reason or nvml.state
    if nvml.kernel_module_version:
        seen += f" (kernel module {nvml.kernel_module_version})"
    return seen


def _absent(
    nvml: Nvml, pci: tuple[PciGpu, ...], surroundings: Surroundings, has_gpu: bool
) -> Finding:
    """Without a GPU the missing library is no fault; with one it is the whole fault."""
    names = ", ".join(
        f"{g.bus_id} ({g.driver or 'no driver'})" for g in pci if g.vendor == "NVIDIA"
    )
    if not has_gpu:
        return Finding(
            code="INV101",
            name="nvml-absent",
            severity=Severity.INFO,
            seen="no libnvidia-ml.so.1 and no NVIDIA GPU on the bus",
            why="TensorFlow will run on the CPU here.",
            # WSL has /dev/dxg with any vendor's GPU: it may be NVIDIA's.
            fix=f"If Windows has an NVIDIA GPU: {_where_libraries_come_from(surroundings)}"
            if "dxg" in nvml.device_nodes
            else None,
        )
    return Finding(
        code="INV101",
        name="nvml-absent",
        severity=Severity.ERROR,
        seen=f"{nvml.reason}, though there is an NVIDIA GPU: {names or _traces(nvml)}",
        why="Without the driver's libraries TensorFlow cannot open the GPU.",
        fix=_where_libraries_come_from(surroundings),
    )


def _traces(nvml: Nvml) -> str:
    module = nvml.kernel_module_version
    traces = [f"kernel module {module}"] if module else []
    return ", ".join([*traces, *(f"/dev/{node}" for node in nvml.device_nodes)])


def _where_libraries_come_from(surroundings: Surroundings) -> str:
    if surroundings.container not in (None, "none"):
        return "Start the container with --gpus all (NVIDIA Container Toolkit on the host)."
    if surroundings.wsl == "wsl2":
        return (
            "Install NVIDIA's driver on Windows, none inside WSL, and keep /usr/lib/wsl/lib on the "
            "loader's path (ldconfig)."
        )
    return "Install NVIDIA's driver; when it is installed, run ldconfig."


def _refused(nvml: Nvml) -> list[Finding]:
    """A lost GPU among others, and calls that were refused."""
    found = []
    for gpu in nvml.gpus:
        refused = sorted(n for n, why in gpu.unknown.items() if why == ERROR_TEXTS[NO_PERMISSION])
        if is_lost(gpu):
            found.append(
                Finding(
                    code="INV108",
                    name="gpu-lost",
                    severity=Severity.ERROR,
                    seen=f"GPU {gpu.nvml_index} does not answer: {ERROR_TEXTS[15]}",
                    why="It has fallen off the bus: programs on it have died, and CUDA may fail to "
                    "start on the other GPUs too.",
                    fix="Look into dmesg for NVRM Xid 79; reset it (nvidia-smi -r) or power-cycle "
                    "the machine; until then hide it with CUDA_VISIBLE_DEVICES (by UUID).",
                )
            )
        elif refused:
            found.append(
                Finding(
                    code="INV110",
                    name="nvml-call-refused",
                    severity=Severity.INFO if gpu.name else Severity.WARNING,
                    seen=f"GPU {gpu.nvml_index}: no permission to read {_some(refused)}",
                    why="These fields stay unknown; the others are not touched by it.",
                    fix="Ask as a user who may open the GPU, or start the container with "
                    "NVIDIA_DRIVER_CAPABILITIES=compute,utility.",
                )
            )
    return found


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more
