"""No ptxas that XLA could find knows the GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    changed,
    healthy_gpu,
    with_gpu,
    with_package,
    with_tensorflow_version,
)
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules import gpu_without_usable_code, xla_cannot_target_gpu
from envprobe.doctor.rules._build import runs_cuda
from envprobe.doctor.rules._gpu_code import shown_gpus
from envprobe.facts.cuda_capabilities import capabilities_of_toolkit, cuda_capability
from envprobe.facts.unknown import Unknown
from envprobe.inventory.toolkits import CudaToolkit
from envprobe.terms import Severity

BLACKWELL = ("NVIDIA GeForce RTX 5090", "12.0")


def _detect(examination: Examination) -> Iterator[Seen]:
    found = [one for one in examination.inventory.software.toolkits or () if one.has_ptxas]
    # One of unknown version may be the one that knows the GPU.
    versions = [version for one in found if (version := _version(one, examination))]
    if not found or len(versions) < len(found) or not runs_cuda(examination):
        return
    graver = (gpu_without_usable_code.RULE, xla_cannot_target_gpu.RULE)
    if any(True for rule in graver for _ in rule.detect(examination)):
        return  # there XLA does not come as far as ptxas, or another TensorFlow is needed first
    for gpus in shown_gpus(examination):
        known = cuda_capability(gpus.capability)
        if isinstance(known, Unknown) or known.first_cuda is None:
            continue
        if not any(gpus.capability in capabilities_of_toolkit(cuda) for cuda in versions):
            where = ", ".join(f"{one.folder} (CUDA {_version(one, examination)})" for one in found)
            yield Seen(
                seen=f"{gpus.who} needs ptxas of CUDA {known.first_cuda}"
                + (f" to {known.last_cuda}" if known.last_cuda else " or newer")
                + f"; found: {where}"
            )


def _version(toolkit: CudaToolkit, examination: Examination) -> str | None:
    """Of a toolkit, or of the wheel that the compiler came with."""
    if toolkit.version and "." in toolkit.version:
        return toolkit.version
    for one in examination.inventory.software.packages or ():
        wheel = f"{one.folder}/nvidia/cuda_nvcc"
        if one.name.startswith("nvidia-cuda-nvcc-cu") and toolkit.folder == wheel:
            return one.version
    return None


def _of_ones_own() -> Examination:
    """A build with code for Blackwell, on such a GPU."""
    machine = with_tensorflow_version(with_gpu(healthy_gpu(), *BLACKWELL), "2.20.0+own")
    capabilities = "inventory.software.build.cuda_compute_capabilities"
    return changed(machine, capabilities, ("sm_90", "sm_120"))


def _with_compiler(machine: Examination, version: str) -> Examination:
    """As it really is: the wheel brings no version.json."""
    machine = with_package(machine, "nvidia-cuda-nvcc-cu12", version)
    return changed(machine, "inventory.software.toolkits.0.version", None)


RULE = Rule(
    code="DOC259",
    name="ptxas-too-old-for-gpu",
    severity=Severity.WARNING,
    why="XLA compiles its kernels with ptxas: one that does not know the GPU ends with an error "
    "(ptxas fatal: Value 'sm_…' is not defined for option 'gpu-name'), and XLA falls back to the "
    "driver, which is slower, or fails.",
    fix="Install the compiler of a CUDA that knows the GPU and point XLA at it: "
    "XLA_FLAGS=--xla_gpu_cuda_data_dir=FOLDER.",
    source="kernels_matrix/facts/cuda_capabilities.csv",
    detect=_detect,
    hits=(
        lambda: _with_compiler(_of_ones_own(), "12.5.82"),
        _of_ones_own,
    ),
    misses=(
        healthy_gpu,
        lambda: _with_compiler(_of_ones_own(), "12.9.86"),
        lambda: with_package(
            _with_compiler(_of_ones_own(), "12.5.82"),
            "nvidia-cuda-nvcc-cu12",
            None,
        ),
        lambda: changed(_of_ones_own(), "inventory.software.toolkits", None),
        # It needs another TensorFlow first.
        lambda: with_gpu(healthy_gpu(), *BLACKWELL),
    ),
)
