"""What the number formats mean on GPUs and CPUs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.facts.cpu_precision import CpuPrecision, cpu_precisions, precision_on_cpu
from envprobe.facts.cuda_capabilities import cuda_capabilities
from envprobe.facts.gpus import NO_TENSOR_CORES, gpu_facts
from envprobe.facts.precision_by_capability import GpuPrecision, precision_on, precisions
from envprobe.facts.table import rows
from envprobe.facts.unknown import Unknown

INSTRUCTIONS = sorted({name for row in cpu_precisions() for name in row.instructions})
DTYPES = ("float16", "bfloat16", "float32", "int8")


def precision(capability: str, gpu_name: str = "") -> GpuPrecision:
    found = precision_on(capability, gpu_name)
    assert isinstance(found, GpuPrecision)
    return found


@pytest.mark.parametrize(
    ("capability", "arithmetic", "tensor_cores", "bfloat16", "tf32", "float8"),
    [
        ("3.5", "none", False, False, False, False),
        ("6.0", "fast", False, False, False, False),
        ("6.1", "slow", False, False, False, False),
        ("7.0", "fast", True, False, False, False),
        ("8.0", "fast", True, True, True, False),
        ("8.6", "equal", True, True, True, False),
        ("8.9", "equal", True, True, True, True),
        ("9.0", "fast", True, True, True, True),
    ],
)
def test_hardware(
    capability: str, arithmetic: str, tensor_cores: bool, bfloat16: bool, tf32: bool, float8: bool
) -> None:
    found = precision(capability)
    assert found.float16_arithmetic == arithmetic
    assert found.float16_tensor_cores is tensor_cores
    assert (found.bfloat16, found.tf32, found.float8) == (bfloat16, tf32, float8)


@pytest.mark.parametrize(
    ("name", "tensor_cores"),
    [
        ("NVIDIA GeForce GTX 1660 Ti", False),
        ("GeForce GTX 1650", False),
        ("NVIDIA T400 4GB", False),
        ("NVIDIA GeForce MX450", False),
        ("Tesla T4", True),
        ("NVIDIA GeForce RTX 2080 Ti", True),
        ("", True),
    ],
)
def test_the_name_tells_turing_without_tensor_cores(name: str, tensor_cores: bool) -> None:
    assert precision("7.5", name).float16_tensor_cores is tensor_cores


def test_the_gpus_whose_chips_lack_tensor_cores_are_all_named() -> None:
    named = [row for row in rows("gpus.csv") if row["chip"].startswith(NO_TENSOR_CORES)]
    assert named
    assert not any(precision("7.5", row["name"]).float16_tensor_cores for row in named)
    with_peaks = {r.peaks.model for r in gpu_facts() if r.peaks.compute_capability == "7.5"}
    others = with_peaks - {row["name"] for row in named}
    assert all(precision("7.5", name).float16_tensor_cores for name in others)


def test_the_rates_agree_with_the_word_for_them() -> None:
    for row in precisions():
        if row.float16_per_clock and row.float32_per_clock:
            ratio = row.float16_per_clock / row.float32_per_clock
            word = "fast" if ratio > 1 else "equal" if ratio == 1 else "slow"
            assert row.float16_arithmetic == word


def test_tensorflow_follows_the_hardware() -> None:
    for row in precisions():
        assert row.tensorflow_bfloat16 in (
            ("native", None) if row.bfloat16 else ("cast_to_float32",)
        )
        assert (row.tensorflow_tf32 == "on_by_default") is row.tf32
    assert precision("6.1").keras_2_mixed_float16 == "warns"
    assert precision("7.0").keras_2_mixed_float16 == "accepts"


def test_every_precision_is_of_a_known_capability_and_architecture() -> None:
    for row in precisions():
        assert cuda_capabilities()[row.capability].architecture == row.architecture
    assert isinstance(precision_on("99.0"), Unknown)


@pytest.mark.parametrize(
    ("dtype", "instructions", "onednn", "speed", "path"),
    [
        ("bfloat16", {"avx2"}, True, "converted", "eigen"),
        ("bfloat16", {"avx512f", "avx512bw"}, True, "emulated", "onednn"),
        ("bfloat16", {"avx512f", "avx512bw", "avx512_bf16"}, True, "native", "onednn"),
        ("bfloat16", {"avx512f", "avx512bw", "avx512_bf16"}, False, "converted", "eigen"),
        ("bfloat16", {"avx512f", "avx512bw", "avx512_bf16", "amx_bf16"}, True, "matrix", "onednn"),
        ("float16", {"avx512f", "avx512bw", "avx512_bf16"}, True, "converted", "eigen"),
        ("float16", {"avx512f", "avx512bw", "avx512_fp16"}, True, "native", "onednn"),
        ("float32", set(), False, "native", "either"),
        ("int8", {"avx512f", "avx512_vnni"}, True, "native", "onednn"),
    ],
)
def test_cpus(dtype: str, instructions: set[str], onednn: bool, speed: str, path: str) -> None:
    found = precision_on_cpu(dtype, instructions, onednn=onednn)
    assert isinstance(found, CpuPrecision)
    assert (found.speed, found.tensorflow) == (speed, path)


@given(
    st.sampled_from(DTYPES),
    st.sets(st.sampled_from(INSTRUCTIONS)),
    st.sampled_from(INSTRUCTIONS),
    st.booleans(),
)
def test_one_more_instruction_set_never_makes_it_worse(
    dtype: str, instructions: set[str], more: str, onednn: bool
) -> None:
    before = precision_on_cpu(dtype, instructions, onednn=onednn)
    after = precision_on_cpu(dtype, {*instructions, more}, onednn=onednn)
    assert isinstance(before, CpuPrecision)
    assert isinstance(after, CpuPrecision)
    assert after.rank <= before.rank


def test_dtypes_without_a_row_are_unknown() -> None:
    assert isinstance(precision_on_cpu("float8_e4m3fn", INSTRUCTIONS, onednn=True), Unknown)
