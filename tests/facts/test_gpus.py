"""Every row is found by its own name, and no name finds what it does not mean."""

from __future__ import annotations

import re

import pytest

from envprobe.facts.gpus import GpuFacts, gpu_facts, published_peaks, spelling

GIB = 1024**3
NAMED = [row for row in gpu_facts() if row.nvml_names]


def memory_as_reported(row: GpuFacts) -> int:
    """What NVML says of a GPU sold as so many GB: about as many GiB, less a little."""
    return int(row.memory_bytes / 1e9 * 0.985 * GIB)


@pytest.mark.parametrize("row", NAMED, ids=lambda row: row.peaks.model)
def test_each_row_is_found_by_every_name_it_gives(row: GpuFacts) -> None:
    for name in row.nvml_names:
        assert published_peaks(name, memory_as_reported(row)) == row.peaks
        older = re.sub("^NVIDIA ", "", name)
        assert published_peaks(older, memory_as_reported(row)) == row.peaks


@pytest.mark.parametrize(
    ("name", "memory_mib", "float16", "gigabytes_per_second"),
    [
        ("NVIDIA H200", 143_771, 989.4e12, 4800),
        ("NVIDIA A100-SXM4-40GB", 40_960, 312e12, 1555),
        ("NVIDIA A100-SXM4-80GB", 81_920, 312e12, 2039),
        ("NVIDIA A100 80GB PCIe", 81_920, 312e12, 1935),
        ("Tesla T4", 15_360, 65e12, 320),
        ("NVIDIA GeForce RTX 4090", 24_564, 165.2e12, 1008),
        ("NVIDIA H100 80GB HBM3", 81_559, 989.4e12, 3350),
        ("NVIDIA L4", 23_034, 121e12, 300),
        ("Tesla V100-SXM2-16GB", 16_160, 125e12, 900),
        ("NVIDIA GeForce RTX 3080", 10_240, 59.5e12, 760.3),
    ],
)
def test_names_that_drivers_print(
    name: str, memory_mib: int, float16: float, gigabytes_per_second: float
) -> None:
    peaks = published_peaks(name, memory_mib * 1024**2)
    assert peaks is not None
    assert peaks.flops_per_second["float16"] == pytest.approx(float16, rel=0.01)
    assert peaks.bytes_per_second == gigabytes_per_second * 1e9


@pytest.mark.parametrize(
    ("name", "memory_gib"),
    [
        ("", None),
        ("NVIDIA", None),
        ("NVIDIA H200 SXM", None),
        ("NVIDIA H", None),
        ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", 5),
        ("NVIDIA A100-SXM4-40GB", 80),
        ("NVIDIA A100", 40),
        ("GRID T4-8C", 8),
        ("NVIDIA A40-48Q", 48),
        ("NVIDIA GeForce RTX 3080 Laptop GPU", 16),
        ("NVIDIA GeForce RTX 3080", None),  # 10 or 12 GB?
        ("NVIDIA GeForce RTX 3060", 8),
        ("NVIDIA RTX A2000", 6),
        ("NVIDIA GeForce RTX 2080 with Max-Q Design", 8),
        ("NVIDIA GeForce RTX 409", 24),
        ("AMD Instinct MI300X", 192),
    ],
)
def test_what_is_not_certain_is_unknown(name: str, memory_gib: int | None) -> None:
    memory = None if memory_gib is None else memory_gib * GIB
    assert published_peaks(name, memory) is None


def test_no_name_and_memory_stand_for_two_rows() -> None:
    seen = [
        (name, row.memory_bytes)
        for row in NAMED
        for name in {spelling(name) for name in row.nvml_names}
    ]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("row", gpu_facts(), ids=lambda row: row.peaks.model)
def test_each_row_has_a_source_and_plausible_figures(row: GpuFacts) -> None:
    peaks = row.peaks
    assert "http" in peaks.source or "cc list" in peaks.source
    assert re.fullmatch(r"\d+\.\d", peaks.compute_capability)
    assert all(1e10 < rate < 1e16 for rate in peaks.flops_per_second.values())
    assert peaks.bytes_per_second is None or 1e10 < peaks.bytes_per_second < 1e13


def test_emulated_float16_has_no_peak() -> None:
    peaks = published_peaks("Tesla P4", 7_611 * 1024**2)
    assert peaks is not None
    assert "float16" not in peaks.flops_per_second
    assert peaks.flops_per_second["float32"] == 5.7e12
