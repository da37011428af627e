"""The binary holds no machine code that this GPU can run."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._architecture import gpu_capability, gpu_name
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    told = {"gpu": gpu_name(log), "capability": gpu_capability(log)}
    return Reading(fields={name: value for name, value in told.items() if value})


RULE = Rule(
    code="LOG171",
    name="gpu-kernel-image-invalid",
    cause=Cause.CUDA_ARCH_UNSUPPORTED,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"(?P<error>device kernel image is invalid)"),
        Pattern(r"(?P<error>no kernel image is available for execution)"),
        Pattern(r"(?P<error>CUDA_ERROR_NO_BINARY_FOR_GPU)"),
        Pattern(r"(?P<error>CUDA_ERROR_INVALID_IMAGE)"),
        Pattern(r"(?P<error>cudaErrorNoKernelImageForDevice)"),
        Pattern(r"(?P<error>cudaErrorInvalidKernelImage)"),
        Pattern(r"(?P<error>cudaErrorInvalidDeviceFunction)"),
        Pattern(r"(?:status|Status|error|Error): (?:\w+: )?(?P<error>invalid device function)"),
        Pattern(r"(?P<error>Loaded PTX assembler is too old for sm_[0-9a-z]+)"),
    ),
    seen="CUDA has no code for this GPU: {error}[ ({gpu}][, compute capability {capability})]",
    why="The kernels in this TensorFlow, or in a library or custom op that it loaded, "
    "were compiled for other compute capabilities than the GPU's, and there is no PTX "
    "that the driver could translate for it: the GPU is newer or older than the build.",
    fix="Take a TensorFlow release whose CUDA knows the GPU (Ampere consumer cards: CUDA 11.1; Ada "
    "and Hopper: 11.8; Blackwell: 12.8), or NVIDIA's container; for a build of your own add the "
    "capability to TF_CUDA_COMPUTE_CAPABILITIES (written as 8.6, or sm_86,compute_86) and build "
    "again.",
    candidates=(
        Candidate(
            cause=Cause.GPU_LIBS_MISSING,
            check="Are the CUDA libraries that are loaded those of the release?",
        ),
        Candidate(
            cause=Cause.DRIVER_TOO_OLD,
            check="Is the driver older than the GPU or than CUDA needs (nvidia-smi)?",
        ),
    ),
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    read=_read,
    hits=(
        '  File "/opt/venv/lib/python3.8/site-packages/tensorflow/python/eager/context.py", line '
        "525, in ensure_initialized\ntensorflow.python.framework.errors_impl.InternalError: CUDA "
        "runtime implicit initialization on GPU:0 failed. Status: device kernel image is invalid",
        "2023-04-05 06:07:08.1: F tensorflow/core/kernels/random_op_gpu.h:246] Non-OK-status: "
        "GpuLaunchKernel(FillPhiloxRandomKernelLaunch<Distribution>, num_blocks, block_size, 0, "
        "stream) status: Internal: no kernel image is available for execution on the device",
        "E tensorflow/stream_executor/cuda/cuda_driver.cc:1040] failed to load in-memory CUBIN: "
        "CUDA_ERROR_NO_BINARY_FOR_GPU: no kernel image is available for execution on the device",
    ),
    misses=("CUDA runtime implicit initialization on GPU:0 failed. Status: out of memory",),
)
