"""The GPU's memory holds an error that ECC could not correct."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG186",
    name="gpu-ecc-error",
    cause=Cause.GPU_HARDWARE_FAULT,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"CUDA_ERROR_ECC_UNCORRECTABLE"),
        Pattern(r"cudaErrorECCUncorrectable"),
        Pattern(r"uncorrectable (?:ECC|NVLink) error (?:was )?(?:encountered|detected)"),
        Pattern(r"CUDA_ERROR_NVLINK_UNCORRECTABLE"),
        Pattern(r"CUDA_ERROR_CONTAINED"),
        Pattern(r"Invalid access of peer GPU memory over nvlink or a hardware error"),
        Pattern(
            r"[Rr]emapping [Ff]ailure [Oo]ccurred +: Yes",
            anchors=("ailure Occurred", "ailure occurred"),
        ),
        Pattern(r"Double Bit ECC(?: Error)? *: *[1-9][0-9]*"),
        Pattern(r"(?:an )?[Uu]ncorrectable ECC [Ee]rror", anchors=("ncorrectable ECC",)),
    ),
    seen="the GPU's memory is damaged: an ECC error that could not be corrected",
    why="A bit of GPU memory flipped and could not be repaired. CUDA ends the program rather than "
    "work with wrong numbers. Once is chance, repeated it is a failing card.",
    fix="Reset the GPU (nvidia-smi --gpu-reset, or reboot) so that the page is retired, look at "
    "`nvidia-smi -q -d ECC,PAGE_RETIREMENT,ROW_REMAPPER`, and have the card replaced where errors "
    "come again. Run the job on another GPU meanwhile.",
    source="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html",
    hits=(
        "2022-09-08 07:06:05.1: E tensorflow/stream_executor/cuda/cuda_driver.cc:1163] failed to "
        "enqueue async memcpy from host to device: CUDA_ERROR_ECC_UNCORRECTABLE: uncorrectable ECC "
        "error encountered; GPU dst: 0x7f0; host src: 0x7f1; size: 4=0x4",
    ),
    misses=(
        "|   0  Tesla V100-SXM2...  On   | 00000000:1A:00.0 Off |  Volatile Uncorr. ECC 0 |",
        "Double Bit ECC                  : 0",
    ),
)
