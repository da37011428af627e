"""A call into cuDNN answered with an error status."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._cudnn import (
    GPU_FULL,
    GROWTH,
    MEMORY_TAKEN,
    OTHER_VERSION,
    SOURCES,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

FAULT = Candidate(
    cause=Cause.CUDA_RUNTIME_FAULT,
    check="Does the kernel log (dmesg) show an Xid line at that time?",
)
NEWER_GPU = Candidate(
    cause=Cause.CUDA_ARCH_UNSUPPORTED,
    check="Is the GPU newer than the CUDA of this TensorFlow (Ampere needs 11.0, Hopper and Ada "
    "11.8, Blackwell 12.8)?",
)
MASK = Candidate(
    cause=Cause.SHAPE_MISMATCH,
    check="RNN: is a sequence empty, or padded on the left? cuDNN wants at least one step and "
    "padding on the right.",
)


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    status = sighting.fields["status"]
    if status.endswith("ARCH_MISMATCH"):
        return Reading(cause=Cause.CUDA_ARCH_UNSUPPORTED)
    if status.endswith("ALLOC_FAILED"):
        return Reading(candidates=(GPU_FULL, OTHER_VERSION))
    if status.endswith("BAD_PARAM"):
        candidates = (MASK, OTHER_VERSION, MEMORY_TAKEN)
        return Reading(confidence=Confidence.POSSIBLE, candidates=candidates)
    if "EXECUTION_FAILED" in status:
        # By cuDNN's words the GPU's program failed: started in vain, or ended by a fault.
        candidates = (NEWER_GPU, MEMORY_TAKEN, GPU_FULL)
        return Reading(cause=Cause.CUDA_RUNTIME_FAULT, candidates=candidates)
    return Reading()


RULE = Rule(
    code="LOG165",
    name="cudnn-status-failed",
    cause=Cause.CUDNN_INIT_FAILED,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"(?P<status>CUDNN_STATUS_(?:NOT_INITIALIZED|ALLOC_FAILED|INTERNAL_ERROR|"
            r"EXECUTION_FAILED\w*|MAPPING_ERROR|BAD_PARAM\w*|ARCH_MISMATCH|LICENSE_ERROR|"
            r"NOT_SUPPORTED\w*|RUNTIME_\w+|SUBLIBRARY_LOADING_FAILED|INTERNAL_ERROR_\w+))",
            anchors=("CUDNN_STATUS_",),
        ),
    ),
    seen="cuDNN answered {status}[ in {node}][ ({code_file}:{code_line})]",
    why="The status does not name its cause. Most often cuDNN has too little GPU memory, next in "
    "line are a version that does not fit, and a GPU error of an earlier kernel.",
    fix=GROWTH + " Try a smaller batch; end other programs on the GPU; compare the installed cuDNN "
    "with `tf.sysconfig.get_build_info()['cudnn_version']`; look into the kernel log for `Xid`.",
    yields_to=(
        "cudnn-handle-not-created",
        "dnn-library-not-found",
        "cudnn-convolution-failed",
        "cudnn-autotuning-noise",
        *SOURCES,
    ),
    candidates=(GPU_FULL, FAULT, OTHER_VERSION),
    source="https://docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-graph-library.html",
    read=_read,
    hits=(
        "2022-01-02 03:04:05.060708: E tensorflow/stream_executor/dnn.cc:764] "
        "CUDNN_STATUS_EXECUTION_FAILED\nin tensorflow/stream_executor/cuda/cuda_dnn.cc(1986): "
        "'cudnnRNNForwardTraining( cudnn.handle(), rnn_desc.handle(), model_dims.max_seq_length'",
    ),
    misses=(
        "F tensorflow/x.cc:1] Check failed: status == CUDNN_STATUS_SUCCESS",
        "GetAttribute CUDNN_ATTR_ENGINE_KNOB_INFO Query",
    ),
)
