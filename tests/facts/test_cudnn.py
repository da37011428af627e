"""Which GPUs a cuDNN runs on."""

from __future__ import annotations

import pytest

from envprobe.facts.cudnn import CudnnSupport, cudnn_supports, older_than_built
from envprobe.facts.library_wheels import library_wheels
from envprobe.facts.unknown import Unknown


@pytest.mark.parametrize(
    ("version", "capability", "cuda_major", "supported", "binary", "basis"),
    [
        ("9.3.0", "12.0", "12", True, "ptx", "wheel"),
        ("9.3.0.75", "9.0", "12", True, "sass", "wheel"),
        ("9.7.0", "12.0", "12", True, "sass", "wheel"),
        ("9.10.2", "7.0", "12", True, "sass", "wheel"),
        ("9.11.0", "7.0", "12", False, "none", "wheel"),
        ("9.14.0", "6.1", "12", False, "none", "9.12.0.46 and 9.17.0.29"),
        ("9.14.0", "12.0", "12", True, "sass", "9.12.0.46 and 9.17.0.29"),
        ("8.6.0.163", "3.5", "11", True, "sass", "wheel"),
        ("8.4.0", "8.6", "11", True, None, "matrix"),
        ("8.4.0", "3.0", "11", False, None, "matrix"),
        ("7.6.5", "7.5", "10", True, None, "matrix"),
        ("7.6.5", "8.0", "10", False, None, "matrix"),
        ("9.17.0", "7.0", "13", False, None, "matrix"),
    ],
)
def test_support(
    version: str, capability: str, cuda_major: str, supported: bool, binary: str | None, basis: str
) -> None:
    found = cudnn_supports(version, capability, cuda_major)
    assert isinstance(found, CudnnSupport)
    assert (found.supported, found.binary, found.basis) == (supported, binary, basis)
    assert found.sources


@pytest.mark.parametrize(
    ("version", "capability", "cuda_major"),
    [
        ("9.50.0", "8.0", "12"),  # newer than every wheel that was read
        ("8.1.0", "8.0", "11"),  # its matrix was not found
        ("9.10.5", "7.0", "12"),  # the wheels around it disagree
        ("9", "8.0", "12"),
        ("8.0.2", "3.7", "11"),  # its matrix names no architecture
    ],
)
def test_what_is_not_known(version: str, capability: str, cuda_major: str) -> None:
    assert isinstance(cudnn_supports(version, capability, cuda_major), Unknown)


@pytest.mark.parametrize(
    ("loaded", "built", "refused"),
    [
        ("9.1.0", "9.3.0", True),
        ("9.3.0", "9.3.0", False),
        ("9.10.2", "9.3.0", False),
        ("9.3.0", "8.9", True),
        ("8.9.7", "8.9.4", False),
    ],
)
def test_tensorflow_wants_the_same_major_and_no_lower_minor(
    loaded: str, built: str, refused: bool
) -> None:
    assert older_than_built(loaded, built) is refused


def test_nccl_and_cublas_outlive_cudnn_on_volta() -> None:
    for package in ("nvidia-nccl-cu12", "nvidia-cublas-cu12"):
        assert library_wheels(package)[-1].binary_for((7, 0)) == "sass"
    assert library_wheels("nvidia-cudnn-cu12")[-1].binary_for((7, 0)) == "none"
