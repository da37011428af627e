"""The names of the libraries that TensorFlow opens for the GPU, and what they are part of."""

from __future__ import annotations

from envprobe.diagnose.pattern import compiled

# Files that belong to CUDA's toolkit or to cuDNN, as Linux and as Windows name them.
STEMS = (
    r"(?:cudart|cublasLt|cublas|cufftw|cufft|curand|cusolverMg|cusolver|cusparseLt|cusparse|cudnn"
    r"(?:_[a-z_]+)?|nccl|nvrtc-builtins|nvrtc|nvJitLink|nvToolsExt|nvjpeg|npp[a-z]*)"
)
CUDA_SO = rf"lib{STEMS}\.so(?:\.[0-9]+)*"
CUDA_DLL = (
    r"(?:cudart|cublasLt|cublas|cufft|curand|cusolver|cusparse|cudnn(?:_[a-z_]+)?)64_[0-9]+\.dll"
)
FILE = rf"(?:{CUDA_SO}|{CUDA_DLL})"
PART = r"(?:lib)?([A-Za-z_]+?)(?:64)?(?:\.so\.|_)([0-9]+(?:\.[0-9]+)*)(?:\.dll)?$"

DRIVER_FILES = ("libcuda.so", "nvcuda.dll", "libnvidia-ml.so", "nvml.dll")
TENSORRT_FILES = ("libnvinfer", "libnvparsers", "libnvonnxparser", "nvinfer")
PROFILER_FILES = ("libcupti", "cupti64", "cupti.dll")
DIRECTX_FILES = ("libd3d12.so", "libdxcore.so", "libdirectml", "DirectML", "directml", "d3d12")


def is_cuda_file(name: str) -> bool:
    """Whether it belongs to CUDA's toolkit or to cuDNN."""
    return compiled(FILE).search(name) is not None


def begins_with(name: str, stems: tuple[str, ...]) -> bool:
    """Whether the file's own name, without its folder, begins with one of them."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].startswith(stems)


def product_of(name: str) -> str | None:
    """What holds a file: `CUDA 10.1`, `cuDNN 8`; None where its name does not tell."""
    found = compiled(PART).search(name.replace("\\", "/").rsplit("/", 1)[-1])
    if found is None:
        return None
    stem, version = found[1], found[2]
    if stem.startswith("cudnn"):
        return f"cuDNN {version.split('.')[0]}"
    if stem == "nccl":
        return f"NCCL {version}"
    return f"CUDA {_cuda_of(stem, version, windows=name.endswith('.dll'))}"


def _cuda_of(stem: str, version: str, *, windows: bool) -> str:
    if windows and stem == "cudart" and version.isdigit() and len(version) >= 2:
        return version if len(version) == 2 else f"{version[:-1]}.{version[-1]}"
    # From CUDA 10.1 on each library counts for itself: libcusolver.so.10 is of 10.1 to 11.0.
    lagging = {("cusolver", "10"): "10.1, 10.2 or 11.0", ("cufft", "10"): "10.1 to 11"}
    ahead = {
        ("cusolver", "11"): "11.1 or newer",
        ("cufft", "11"): "12",
        ("curand", "10"): "10.1 or newer",
    }
    return {**lagging, **ahead}.get((stem, version), version)
