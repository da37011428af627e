"""The committed file of a release is what its TensorFlow says today."""

from __future__ import annotations

import platform
import sys
from typing import Any

import msgspec
import pytest

from envprobe.registrations import Registrations, known_releases, read_release

pytestmark = pytest.mark.tensorflow

# What a build without CUDA has not, or has fewer of: kernels for every device are left to GPUs.
OF_CUDA = ("GPU", "XLA_GPU", "XLA_GPU_JIT", "DEFAULT")
COPIES = ("_CopyFromGpuToHost", "_CopyFromHostToGpu")
TENSORRT = (
    "CreateTRTResourceHandle",
    "GetCalibrationDataOp",
    "InitializeTRTResource",
    "SerializeTRTResource",
    "TRTEngineOp",
)


def committed(found: Registrations) -> Registrations:
    """The file of the release that was found; the files are of the official Linux wheels."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("the files hold what TensorFlow registers on Linux, x86_64")
    if found.tensorflow not in known_releases():
        pytest.skip(f"no file of TensorFlow {found.tensorflow}")
    known = read_release(found.tensorflow)
    if known.git_version != found.git_version:
        pytest.skip(f"TensorFlow {found.git_version} is another build of {found.tensorflow}")
    return known


def gradients(of: Registrations) -> dict[str, Any]:
    """Why a gradient could not be traced is told in words of Python and of the machine."""
    return {
        op: msgspec.structs.replace(gradient, unknown="untold" if gradient.unknown else None)
        for op, gradient in of.gradients.items()
    }


def without_cuda(of: Registrations) -> dict[str, Any]:
    left_out = (*COPIES, *TENSORRT)
    kernels = {
        op: tuple(kernel for kernel in kernels if kernel.device_type not in OF_CUDA)
        for op, kernels in of.kernels.items()
        if op not in left_out
    }
    return {
        "ops": {op: definition for op, definition in of.ops.items() if op not in left_out},
        "kernels": {op: found for op, found in kernels.items() if found},
        "gradients": gradients(of),
        "xla": of.xla,
    }


def everything(of: Registrations) -> dict[str, Any]:
    fields = msgspec.structs.asdict(of)
    return {**fields, "gradients": gradients(of)}


def differing(found: dict[str, Any], known: dict[str, Any]) -> list[str]:
    """What differs, by name, as a comparison of a million characters cannot tell."""
    lines = [name for name in known if not isinstance(known[name], dict)]
    wrong = [f"{name}: {found[name]}" for name in lines if found[name] != known[name]]
    for name in known.keys() - lines:
        entries = sorted(found[name].keys() | known[name].keys())
        wrong += [
            f"{name} of {entry}: {found[name].get(entry)}, in the file {known[name].get(entry)}"
            for entry in entries
            if found[name].get(entry) != known[name].get(entry)
        ]
    return wrong[:20]


def require_equal(found: Registrations) -> None:
    known = committed(found)
    if found.build["is_cuda_build"]:
        assert differing(everything(found), everything(known)) == []
        assert found.digest == known.digest
    else:
        assert differing(without_cuda(found), without_cuda(known)) == []
        assert found.digest != known.digest


@pytest.mark.timeout(600)
def test_the_file_of_the_newest_release_is_right(installed: Registrations) -> None:
    require_equal(installed)


@pytest.mark.timeout(600)
def test_the_file_of_an_old_release_is_right(installed_old: Registrations) -> None:
    require_equal(installed_old)


def test_only_builds_with_cuda_compute_on_gpus(installed: Registrations) -> None:
    """Any build can pass handles about on the GPU of a plugin; what computes came with CUDA."""
    of_gpus = {op for op in installed.ops if serves(installed, op, "GPU")}
    computes = {"Conv2D", "MatMul", "Relu", "Softmax"}
    assert {"Identity", "IteratorGetNext"} <= of_gpus
    assert computes & of_gpus == (computes if installed.build["is_cuda_build"] else set())
    assert serves(installed, "MatMul", "XLA_GPU_JIT") == installed.build["is_cuda_build"]
    assert serves(installed, "MatMul", "XLA_CPU_JIT")


def serves(of: Registrations, op: str, device_type: str) -> bool:
    return any(kernel.device_type == device_type for kernel in of.kernels_of(op))
