"""A GPU kernel did something illegal, and CUDA gave the whole context up."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

NAMES = (
    "ILLEGAL_ADDRESS|LAUNCH_FAILED|MISALIGNED_ADDRESS|ASSERT|ILLEGAL_INSTRUCTION|INVALID_PC|"
    "INVALID_ADDRESS_SPACE|HARDWARE_STACK_ERROR|LAUNCH_OUT_OF_RESOURCES|EXTERNAL_DEVICE|"
    "CONTEXT_IS_DESTROYED|TENSOR_MEMORY_LEAK|COOPERATIVE_LAUNCH_TOO_LARGE"
)
DURING = (
    r"(?:failed to|[Cc]ould not|[Ee]rror) (?P<during>[a-z][a-zA-Z ]{3,60}?)"
    r"(?: in context \S+| \d+B.{0,60})?[:;]"
)
HARDWARE = Candidate(
    cause=Cause.GPU_HARDWARE_FAULT,
    check="Does it move with the card (other slot, other GPU), stop at a lower power limit "
    "(nvidia-smi -pl), or does dmesg show Xid 48, 63, 64, 74, 79 or 94?",
)
SOFTWARE = Candidate(
    cause=Cause.CUDA_RUNTIME_FAULT,
    check="Does it come at the same step on another GPU as well? Then it is a kernel's bug.",
)
VERSION = Candidate(
    cause=Cause.CUDNN_VERSION_MISMATCH,
    check="Are CUDA, cuDNN and driver those that this TensorFlow release was tested with?",
)


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    during = compiled(DURING).search(sighting.line.text)
    fields = {"during": during.group("during")} if during else {}
    if "ILLEGAL_INSTRUCTION" in sighting.fields.get("error", ""):
        # Compiled kernels hold no illegal instructions: code that was damaged on its way does.
        return Reading(
            fields=fields,
            cause=Cause.GPU_HARDWARE_FAULT,
            confidence=Confidence.POSSIBLE,
            candidates=(SOFTWARE, VERSION),
        )
    return Reading(fields=fields, candidates=(HARDWARE, VERSION))


RULE = Rule(
    code="LOG180",
    name="gpu-kernel-fault",
    cause=Cause.CUDA_RUNTIME_FAULT,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(rf"(?P<error>CUDA_ERROR_(?:{NAMES}))\b", anchors=("CUDA_ERROR_",)),
        Pattern(
            r"(?P<error>cudaError(?:IllegalAddress|LaunchFailure|MisalignedAddress|Assert|"
            r"IllegalInstruction|InvalidPc|HardwareStackError|LaunchOutOfResources))",
            anchors=("cudaError",),
        ),
        Pattern(r"(?P<error>an illegal memory access was encountered)"),
        Pattern(r"(?P<error>unspecified launch failure)"),
        Pattern(r"(?P<error>device-side assert triggered)"),
        Pattern(r"(?P<error>too many resources requested for launch)"),
        Pattern(r"[:'\"(] ?(?P<error>misaligned address)\b", anchors=("misaligned address",)),
    ),
    seen="CUDA reports {error}[ at: {during}][ ({code_file}:{code_line})]",
    why="A kernel that was launched earlier read or wrote where it must not, or crashed. "
    "CUDA tells it at the next call, so the op in the message need not be the guilty "
    "one; everything afterwards on that GPU fails. Bugs in a kernel, a driver or "
    "cuDNN do this, wrong indices in a custom op too, and an unstable GPU (heat, "
    "power, overclocking).",
    fix="Run once with CUDA_LAUNCH_BLOCKING=1 (and TF_SYNC_ON_FINISH=1): the op that fails then is "
    "the guilty one. Update the driver, and TensorFlow with its CUDA and cuDNN. Look into the "
    "kernel log for `Xid`. Where it comes at random places, take overclocking and a part of the "
    "power limit away (nvidia-smi -pl) and test the card.",
    yields_to=(
        "gpu-ecc-error",
        "gpu-lost",
        "gpu-xid",
        "gpu-watchdog-timeout",
        "cudnn-autotuning-noise",
        "gpu-kernel-image-invalid",
        "driver-library-mismatch",
    ),
    candidates=(HARDWARE, VERSION),
    source="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html",
    read=_read,
    hits=(
        "2022-03-04 05:06:07.1: E tensorflow/stream_executor/cuda/cuda_event.cc:29] Error polling "
        "for event status: failed to query event: CUDA_ERROR_LAUNCH_FAILED: unspecified launch "
        "failure\n2022-03-04 05:06:07.2: F tensorflow/core/common_runtime/device/device_event_mgr."
        "cc:221] Unexpected Event status: 1\nAborted (core dumped)",
        "2024-05-06 07:08:09.1: I external/local_xla/xla/stream_executor/stream.cc:2466] "
        "INTERNAL: failed to enqueue async memcpy from device to host: "
        "CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered; host dst: "
        "0x7f0010; GPU src: 0x7f1; size: 4=0x4",
        "2023-01-01 00:00:01.1: F tensorflow/core/kernels/concat_lib_gpu_impl.cu.cc:166] "
        "Non-OK-status: GpuLaunchKernel(concat_fixed_kernel) status: INTERNAL: an illegal memory "
        "access was encountered",
    ),
    misses=(
        "Illegal instruction (core dumped)",
        "failed to allocate 2.00G (2147483648 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY: out of "
        "memory",
    ),
)
