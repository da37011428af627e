"""The driver cannot translate TensorFlow's PTX for this GPU."""

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
    code="LOG172",
    name="ptx-rejected",
    cause=Cause.CUDA_ARCH_UNSUPPORTED,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"(?P<error>CUDA_ERROR_INVALID_PTX)"),
        Pattern(r"(?P<error>a PTX JIT compilation failed)"),
        Pattern(r"(?P<error>CUDA_ERROR_JIT_COMPILER_NOT_FOUND)"),
        Pattern(
            r"cu(?:LaunchKernel|ModuleLoadData|ModuleGetFunction)\([^']*\)'? failed with "
            r"'?(?P<error>CUDA_ERROR_(?:INVALID_HANDLE|INVALID_IMAGE|NO_BINARY_FOR_GPU))",
            anchors=(" failed with ",),
        ),
        Pattern(r"^(?P<error>CUDA_ERROR_INVALID_HANDLE)", anchors=("CUDA_ERROR_INVALID_HANDLE",)),
        Pattern(
            r"(?P<error>ptxas fatal *: *Value '(?P<target>sm_[0-9a-z]+)' is not defined for option "
            r"'gpu-name')",
            before=(r"ptxas exited with non-zero|ptxas returned an error",),
        ),
        Pattern(
            r"ptxas (?:exited with non-zero error code|returned an error).*(?P<error>ptxas "
            r"fatal *: *Value '(?P<target>sm_[0-9a-z]+)' is not defined)",
            anchors=("ptxas fatal",),
        ),
    ),
    seen="a kernel could not be made for this GPU: {error}[ ({gpu}][, compute capability "
    "{capability})]",
    why="The binary has no machine code for this GPU, and its PTX cannot be translated for it "
    "either; the kernel that was to be launched does not exist (CUDA_ERROR_INVALID_HANDLE "
    "follows). This happens on GPUs newer than the build, such as Blackwell (compute capability "
    "10.0 and 12.0) with releases built before CUDA 12.8.",
    fix="Take a TensorFlow whose build includes the GPU: a newer release or tf-nightly, "
    "or NVIDIA's container (nvcr.io/nvidia/tensorflow); or build it with CUDA 12.8 or "
    "newer and this capability in TF_CUDA_COMPUTE_CAPABILITIES.",
    yields_to=("gpu-kernel-image-invalid", "driver-refuses-ptx"),
    candidates=(
        Candidate(
            cause=Cause.DRIVER_TOO_OLD,
            check="Is the driver's CUDA version (nvidia-smi) below the one TensorFlow was built "
            "with?",
        ),
        Candidate(
            cause=Cause.CUDA_RUNTIME_FAULT,
            check="Does it happen on a GPU that the build knows? Then look for an earlier CUDA "
            "error.",
        ),
    ),
    source="tensorflow/compiler/mlir/tools/kernel_gen/tf_gpu_runtime_wrappers.cc",
    read=_read,
    hits=(
        "2025-04-05 11:12:13.1: W "
        "tensorflow/compiler/mlir/tools/kernel_gen/tf_gpu_runtime_wrappers.cc:40] "
        "'cuModuleLoadData(&module, data)' failed with "
        "'CUDA_ERROR_INVALID_PTX'\n2025-04-05 11:12:13.2: W "
        "tensorflow/core/framework/op_kernel.cc:1857] INTERNAL: 'cuLaunchKernel(function, "
        "gridX, gridY, gridZ, blockX, blockY, blockZ, 0, "
        "reinterpret_cast<CUstream>(stream), params, nullptr)' failed with "
        "'CUDA_ERROR_INVALID_HANDLE'",
        "tensorflow.python.framework.errors_impl.InternalError: {{function_node "
        "__wrapped__AddV2_device_/job:localhost/replica:0/task:0/device:GPU:0}} 'cuLaunchKernel("
        "function, gridX, gridY, gridZ, blockX, blockY, blockZ, 0, nullptr)' failed with "
        "'CUDA_ERROR_INVALID_HANDLE' [Op:AddV2]",
        "F external/local_xla/xla/service/gpu/nvptx_compiler.cc:619] ptxas returned an "
        "error during compilation of ptx to sass: 'INTERNAL: ptxas exited with non-zero "
        "error code 65280, output: ptxas fatal   : Value 'sm_120' is not defined for "
        "option 'gpu-name'",
    ),
    misses=(
        "Your CUDA software stack is old. We fallback to the NVIDIA driver for some "
        "compilation. Update your CUDA version to get the best performance. The ptxas "
        "error was: ptxas fatal   : Value 'sm_89' is not defined for option 'gpu-name'",
    ),
)
