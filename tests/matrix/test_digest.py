"""The digest names what decides support, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from envprobe.matrix import Environment, digest

ENVIRONMENT = Environment(
    devices=("CPU:0 CPU AMD EPYC", "GPU:0 GPU NVIDIA H200 cc 9.0"),
    machine="x86_64",
    cpu_isa=("avx", "avx2", "fma"),
    onednn=True,
    python="3.11",
    tensorflow="2.21.0",
    tensorflow_build={"cuda_version": "12.5", "cuda_compute_capabilities": ["sm_90"]},
    driver="570.1",
    cuda="12.8",
    cudnn="9.3",
    packages={"numpy": "2.1", "keras": "3.9"},
    variables={"TF_ENABLE_ONEDNN_OPTS": "1"},
)


def test_it_is_twelve_hexadecimal_digits_and_stays() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", digest(ENVIRONMENT))
    assert digest(ENVIRONMENT) == "71685826d731"


def test_the_order_of_keys_and_features_says_nothing() -> None:
    turned = msgspec.structs.replace(
        ENVIRONMENT,
        packages={"keras": "3.9", "numpy": "2.1"},
        cpu_isa=("fma", "avx2", "avx"),
    )
    assert digest(turned) == digest(ENVIRONMENT)


@pytest.mark.parametrize(
    "change",
    [
        {"devices": ("GPU:0 GPU NVIDIA H200 cc 9.0", "CPU:0 CPU AMD EPYC")},
        {"onednn": False},
        {"onednn": None},
        {"cpu_isa": ("avx", "avx2", "fma", "amx_bf16")},
        {"tensorflow": "2.20.0"},
        {"driver": None},
        {"variables": {"TF_ENABLE_ONEDNN_OPTS": "0"}},
        {"packages": {}},
    ],
)
def test_whatever_decides_support_changes_it(change: dict[str, Any]) -> None:
    assert digest(msgspec.structs.replace(ENVIRONMENT, **change)) != digest(ENVIRONMENT)
