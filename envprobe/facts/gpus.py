"""What a GPU's maker publishes of its speed: dense peaks and memory bandwidth."""

from __future__ import annotations

import csv
import functools
import re
from importlib import resources

import msgspec

# A "24 GB" GPU has 24 GiB less what ECC and the driver keep: from 0.93 to 1.09 times 24e9 bytes.
SMALLEST_SHARE, LARGEST_SHARE = 0.93, 1.09

# Turing chips without tensor cores, whatever their compute capability of 7.5 suggests.
NO_TENSOR_CORES = ("TU116", "TU117")
FIRST_TENSOR_CORES = 7.0


class GpuPeaks(msgspec.Struct, frozen=True, kw_only=True):
    """Published dense peaks of one GPU model at its boost clock and full power.

    `flops_per_second` has those of float16 and bfloat16 (tensor cores, summed in float32, as
    cuBLAS and cuDNN do), tf32, float32 (without tensor cores), float64 (with them, where there
    are any) and int8 (operations); a dtype without a published figure is absent.
    """

    model: str
    compute_capability: str
    flops_per_second: dict[str, float]
    bytes_per_second: float | None
    source: str


class GpuFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `kernels_matrix/facts/gpus.csv`: the names NVML gives, memory and peaks."""

    nvml_names: tuple[str, ...]
    memory_bytes: float
    peaks: GpuPeaks


def published_peaks(gpu_name: str, memory_bytes: int | None) -> GpuPeaks | None:
    """The peaks of the GPU that NVML calls `gpu_name`; None when that is not certain.

    `memory_bytes` is its total memory: some names stand for several products (RTX 3080 with 10
    and 12 GB, RTX A2000 with 6 and 12 GB), and a row is refused when the memory is not its own.
    MIG instances, virtual GPUs and laptop editions that the table lacks have names of their own.
    """
    wanted = spelling(gpu_name)
    named = [row for row in gpu_facts() if wanted in map(spelling, row.nvml_names)]
    if memory_bytes is not None:
        named = [row for row in named if _is_memory_of(row, memory_bytes)]
    return named[0].peaks if len(named) == 1 else None


def spelling(gpu_name: str) -> str:
    """A GPU's name without what drivers have added and dropped over the years.

    Drivers since 470 write `NVIDIA` before GeForce names and have stopped writing `Tesla`.
    """
    name = re.sub(r"\((?:r|tm)\)|[®™]", "", gpu_name.lower())
    name = re.sub(r"[\s_-]+", " ", name).strip()
    name = re.sub(r"^(?:nvidia )?(?:tesla )?", "", name)
    return re.sub(r"(\d) gb\b", r"\1gb", name)


@functools.cache
def gpu_facts() -> tuple[GpuFacts, ...]:
    """All rows of the table, read once."""
    text = (resources.files("kernels_matrix") / "facts" / "gpus.csv").read_text(encoding="utf-8")
    return tuple(_facts(row) for row in csv.DictReader(text.splitlines()))


def _facts(row: dict[str, str]) -> GpuFacts:
    bandwidth = row["memory_bandwidth_gb_s"]
    names = (row["nvml_name"], row["also_named"])
    return GpuFacts(
        nvml_names=tuple(name for name in names if name),
        memory_bytes=float(row["memory_gb"]) * 1e9,
        peaks=GpuPeaks(
            model=row["name"],
            compute_capability=row["compute_capability"],
            flops_per_second=_flops_per_second(row),
            bytes_per_second=float(bandwidth) * 1e9 if bandwidth else None,
            source=row["source"],
        ),
    )


def _flops_per_second(row: dict[str, str]) -> dict[str, float]:
    tflops = {
        "float16": row["fp16_tensor_tflops_fp32acc"] or _vector_float16(row),
        "bfloat16": row["bf16_tensor_tflops"],
        "tf32": row["tf32_tensor_tflops"],
        "float32": row["fp32_tflops"],
        "float64": row["fp64_tensor_tflops"] or row["fp64_tflops"],
        "int8": row["int8_tops"],
    }
    return {dtype: float(value) * 1e12 for dtype, value in tflops.items() if value}


def _vector_float16(row: dict[str, str]) -> str:
    """The rate without tensor cores, where it is what cuBLAS reaches.

    Where it is below float32's (Pascal but P100), cuBLAS computes float16 in float32.
    """
    has_tensor_cores = float(row["compute_capability"]) >= FIRST_TENSOR_CORES
    if has_tensor_cores and not row["chip"].startswith(NO_TENSOR_CORES):
        return ""
    vector, single = row["fp16_vector_tflops"], row["fp32_tflops"]
    return vector if vector and single and float(vector) >= float(single) else ""


def _is_memory_of(row: GpuFacts, memory_bytes: int) -> bool:
    return SMALLEST_SHARE <= memory_bytes / row.memory_bytes <= LARGEST_SHARE
