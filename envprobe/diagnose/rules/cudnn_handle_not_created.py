"""cuDNN could not start on the GPU."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._cudnn import (
    GPU_FULL,
    GROWTH,
    OTHER_VERSION,
    SOURCES,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

DRIVER = Candidate(
    cause=Cause.DRIVER_TOO_OLD,
    check="Does nvidia-smi show a CUDA version at least as new as the one TensorFlow was "
    "built with?",
)
DRIVER_DOUBTED = r"[Pp]ossibly insufficient driver version"
# Statuses that name their cause: cudnnStatus_t of cuDNN 7 to 9.
TOLD = {
    "CUDNN_STATUS_ARCH_MISMATCH": Cause.CUDA_ARCH_UNSUPPORTED,
    "CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH": Cause.CUDA_ARCH_UNSUPPORTED,
    "CUDNN_STATUS_VERSION_MISMATCH": Cause.CUDNN_VERSION_MISMATCH,
    "CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH": Cause.CUDNN_VERSION_MISMATCH,
    "CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED": Cause.GPU_LIBS_MISSING,
    "CUDNN_STATUS_RUNTIME_PREREQUISITE_MISSING": Cause.GPU_LIBS_MISSING,
    "CUDNN_STATUS_LICENSE_ERROR": Cause.CUDNN_VERSION_MISMATCH,
}


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    cause = TOLD.get(sighting.fields.get("status", ""))
    if cause is None and compiled(DRIVER_DOUBTED).search(sighting.after):
        return Reading(candidates=(DRIVER, OTHER_VERSION, GPU_FULL))
    return Reading(cause=cause)


RULE = Rule(
    code="LOG163",
    name="cudnn-handle-not-created",
    cause=Cause.CUDNN_INIT_FAILED,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(
            r"[Cc]ould not create cu(?:dnn|DNN) handle: (?P<status>CUDNN_STATUS_\w+)",
            anchors=("ould not create cudnn handle", "ould not create cuDNN handle"),
        ),
        Pattern(r"could not create cudnn handle[:,] ?(?P<status>\w+)?"),
        Pattern(r"cudnn library could not create a handle: (?P<status>CUDNN_STATUS_\w+)?"),
        Pattern(r"There was an error before creating cudnn handle \((?P<cuda_status>[^)]+)\)"),
        Pattern(r"Creation of (?:local|compilation) cudnn handle failed"),
        Pattern(r"cudnnCreate\w*\([^)]*\)[^'\"]{0,40}(?P<status>CUDNN_STATUS_\w+)"),
    ),
    seen="cuDNN could not be started[: {status}][ after the CUDA error {cuda_status}][ in {node}]",
    why="cuDNN takes GPU memory of its own when it starts. TensorFlow takes nearly all memory in "
    "advance, so that nothing is left, most often on cards with 8 GB or less and where a second "
    "program uses the card; every convolution then fails.",
    fix=GROWTH
    + " Where that does not help, end other programs on the GPU (nvidia-smi shows them), "
    "then check that cuDNN, CUDA and the driver are those that this TensorFlow release was tested "
    "with.",
    yields_to=SOURCES,
    candidates=(OTHER_VERSION, GPU_FULL, DRIVER),
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_dnn.cc",
    read=_read,
    hits=(
        "2021-02-03 04:05:06.070809: E tensorflow/stream_executor/cuda/cuda_dnn.cc:336] Could not "
        "create cudnn handle: CUDNN_STATUS_ALLOC_FAILED\n"
        "tensorflow.python.framework.errors_impl.UnknownError:  Failed to get convolution "
        "algorithm. This is probably because cuDNN failed to initialize, so try looking to see if "
        "a warning log message was printed above.\n\t [[node enc/conv_2/Conv2D]]",
        "E0000 00:00:1733333333.123456   99 cuda_dnn.cc:454] Could not create cudnn handle: "
        "CUDNN_STATUS_INTERNAL_ERROR",
    ),
    misses=(
        "2021-02-03 04:05:06.1: E tensorflow/stream_executor/cuda/cuda_dnn.cc:340] Error "
        "retrieving driver version: Unimplemented: kernel reported driver version not "
        "implemented on Windows",
    ),
)
