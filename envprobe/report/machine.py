"""Who this machine is, in a few short lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from envprobe.matrix.matrix import Device, Matrix
from envprobe.report.units import rate, size

# Those that decide which CPU kernels TensorFlow picks, as /proc/cpuinfo spells them.
DECIDING_ISA = (
    "avx", "avx2", "fma", "avx512f", "avx512_bf16", "avx512_fp16", "avx512_vnni", "avx_vnni",
    "amx_tile", "amx_bf16", "amx_int8", "amx_fp16", "asimd", "asimdhp", "asimddp", "bf16",
    "i8mm", "sve", "sve2",
)  # fmt: skip


def machine(matrix: Matrix) -> Table:
    """A line each for host, CPU, memory, every GPU, TensorFlow and Python."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in machine_lines(matrix):
        # As Text, so that square brackets in a driver's message are not read as markup.
        grid.add_row(Text(label), Text(value))
    return grid


def machine_lines(matrix: Matrix) -> Iterator[tuple[str, str]]:
    """Label and value; what is not known says so, with its reason."""
    inventory = matrix.inventory
    yield "Host", host_line(inventory, matrix.scan.host)
    yield "CPU", cpu_line(inventory, matrix.environment.cpu_isa)
    yield "Memory", memory_line(inventory)
    yield from gpu_lines(inventory, matrix.devices)
    yield "TensorFlow", _tensorflow(matrix)
    yield "Devices", ", ".join(device.name for device in matrix.devices) or "none"
    yield "Python", _python(matrix)


def known(inventory: Mapping[str, Any], *path: str) -> Any:
    """The value at the path, None where it is missing or not known."""
    value: Any = inventory
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def shown(inventory: Mapping[str, Any], *path: str) -> str:
    """The value as text, or `unknown` with the reason that stands beside it."""
    value = known(inventory, *path)
    if value not in (None, ""):
        return str(value)
    reason = known(inventory, *path[:-1], "unknown", path[-1])
    return f"unknown ({reason})" if reason else "unknown"


def host_line(inventory: Mapping[str, Any], name: str) -> str:
    """Name, system, kernel, C library, and what it runs in."""
    parts = [name, shown(inventory, "host", "os"), f"kernel {shown(inventory, 'host', 'kernel')}"]
    if libc := known(inventory, "host", "libc"):
        parts.append(libc)
    for kind, word in (("container", "container"), ("virtual_machine", "VM"), ("wsl", "WSL")):
        value = known(inventory, "host", "surroundings", kind)
        if value not in (None, "none"):
            parts.append(f"{word} {value}")
    return ", ".join(parts)


def cpu_line(inventory: Mapping[str, Any], isa: Sequence[str]) -> str:
    """Model, cores, and the instruction sets that decide which kernels run."""
    parts = [shown(inventory, "cpu", "model"), _cores(inventory)]
    deciding = [name for name in DECIDING_ISA if name in isa]
    parts.append(" ".join(deciding) if deciding else "none of the deciding ISA features")
    return ", ".join(parts)


def _cores(inventory: Mapping[str, Any]) -> str:
    logical = known(inventory, "cpu", "logical_cores")
    usable = known(inventory, "cpu", "quota_cores")
    physical = known(inventory, "cpu", "physical_cores")
    if logical is None and usable is None:
        return f"{shown(inventory, 'cpu', 'logical_cores')} cores"
    text = f"{logical if logical is not None else usable:g} cores"
    if physical is not None and physical != logical:
        text += f" ({physical} physical)"
    if usable is not None and logical is not None and usable < logical:
        text += f", of which {usable:g} may be used"
    return text


def memory_line(inventory: Mapping[str, Any]) -> str:
    """How much there is, is available, and is allowed."""
    total = known(inventory, "memory", "total_bytes")
    if total is None:
        return shown(inventory, "memory", "total_bytes")
    parts = [size(total)]
    if (available := known(inventory, "memory", "available_bytes")) is not None:
        parts.append(f"{size(available)} available")
    limit = known(inventory, "memory", "limit_bytes")
    if limit is not None and limit < total:
        parts.append(f"limited to {size(limit)}")
    return ", ".join(parts)


def gpu_lines(inventory: Mapping[str, Any], devices: Sequence[Device]) -> Iterator[tuple[str, str]]:
    """Label and value of each GPU, of NVML's or, where it knows none, of TensorFlow's."""
    gpus = known(inventory, "nvml", "gpus") or ()
    for gpu in gpus:
        yield f"GPU {gpu.get('nvml_index', '?')}", _gpu(gpu, inventory)
    if not gpus:
        unlisted = [device for device in devices if device.device_type != "CPU"]
        for device in unlisted:  # whatever TensorFlow lists that NVML does not know
            yield device.name, device.model or "unknown model"
        if not unlisted:
            reason = known(inventory, "nvml", "reason")
            yield "GPU", f"none ({reason})" if reason else "none"


def _gpu(gpu: Mapping[str, Any], inventory: Mapping[str, Any]) -> str:
    cuda_index = gpu.get("cuda_index")
    parts = [
        shown(gpu, "name"),
        f"compute capability {shown(gpu, 'compute_capability')}",
        size(gpu.get("memory_total_bytes")),
    ]
    if (free := gpu.get("memory_free_bytes")) is not None:
        parts.append(f"{size(free)} free")
    parts.append(f"driver {shown(inventory, 'nvml', 'driver_version')}")
    if cuda_index is None:
        parts.append(f"not seen by TensorFlow: {known(gpu, 'unknown', 'cuda_index') or 'unknown'}")
    else:
        parts.append(f"GPU:{cuda_index}")
    return ", ".join(parts)


def _tensorflow(matrix: Matrix) -> str:
    environment = matrix.environment
    if environment.tensorflow is None:
        return "does not start here (see the findings)"
    parts = [environment.tensorflow]
    if environment.cuda:
        parts.append(f"built for CUDA {environment.cuda}, cuDNN {environment.cudnn or 'unknown'}")
    else:
        parts.append("CPU build")
    if environment.onednn is not None:
        parts.append(f"oneDNN {'on' if environment.onednn else 'off'}")
    if commit := environment.tensorflow_build.get("git_version"):
        parts.append(str(commit))
    return ", ".join(parts)


def _python(matrix: Matrix) -> str:
    version = known(matrix.inventory, "software", "python", "version")
    packages = [
        f"{name} {matrix.environment.packages[name]}"
        for name in ("keras", "numpy")
        if name in matrix.environment.packages
    ]
    return ", ".join([str(version or matrix.environment.python), *packages])


def device_line(device: Device) -> str:
    """`GPU:0 NVIDIA H200, 141 GiB, published 67 TFLOP/s float32, 4.8 TB/s`."""
    parts = [f"{device.name} {device.model or 'unknown model'}"]
    if device.memory_bytes is not None:
        parts.append(size(device.memory_bytes))
    peaks = [
        f"{rate(peak, 'FLOP')} {dtype}"
        for dtype, peak in device.peak_flops_per_second.items()
        if dtype in ("float32", "float16", "bfloat16")
    ]
    if device.peak_bytes_per_second:
        peaks.append(rate(device.peak_bytes_per_second, "B"))
    return ", ".join([*parts, *([f"published peak {', '.join(peaks)}"] if peaks else [])])
