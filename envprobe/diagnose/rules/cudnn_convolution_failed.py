"""A convolution or an RNN failed in cuDNN, and the message does not say why."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._cudnn import (
    GPU_FULL,
    GROWTH,
    OTHER_VERSION,
    SOURCES,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

EMPTY_BATCH = Reading(
    cause=Cause.DATA_PIPELINE,
    confidence=Confidence.LIKELY,
    seen="cuDNN was given an empty batch[: input shape {shape}]",
    why="The first dimension is 0: one replica got no examples, because the last batch has fewer "
    "examples than there are GPUs, or a filter left none. cuDNN refuses empty tensors.",
    fix="Give every replica an example: drop_remainder=True in Dataset.batch, or .repeat() before "
    "it; with a mask or a filter, skip batches that become empty.",
    candidates=(
        Candidate(cause=Cause.SHAPE_MISMATCH, check="Can a layer before it make the batch empty?"),
    ),
)

EMPTY_IMAGE = Reading(
    cause=Cause.SHAPE_MISMATCH,
    confidence=Confidence.LIKELY,
    seen="cuDNN was given an empty tensor: {channels} channels of size {spatial}, batch {count}",
    why="One of its dimensions is 0. Mostly the input is smaller than the network needs, so that "
    "pooling and strided convolutions leave nothing of it; cuDNN refuses empty tensors.",
    fix="Feed larger images or sequences, or use fewer pooling layers or padding='same'. Print the "
    "shapes layer by layer (model.summary()), and check that no image is cropped to nothing.",
    candidates=(
        Candidate(cause=Cause.DATA_PIPELINE, check="Is one of the input files empty or damaged?"),
    ),
)


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    fields = sighting.fields
    if fields.get("shape", "").startswith("0,") or fields.get("count") == "0":
        return EMPTY_BATCH
    if "count" in fields:
        return EMPTY_IMAGE if "0" in (fields["channels"], *fields["spatial"].split()) else None
    return Reading()


RULE = Rule(
    code="LOG164",
    name="cudnn-convolution-failed",
    cause=Cause.CUDNN_INIT_FAILED,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(r"Failed to get convolution algorithm"),
        Pattern(r"Fail to find the dnn implementation"),
        Pattern(
            r"Failed to call (?P<call>(?:Then|Do)Rnn(?:Forward|Backward)\w*)"
            r"(?: with model config|\W*$)"
        ),
        Pattern(
            r"cu(?:dnn|DNN) (?:Forward |Backward )?(?:\w+ )?launch failure ?: input shape ?"
            r"\(?\[(?P<shape>[0-9,? ]*)\]?",
            anchors=("launch failure",),
        ),
        Pattern(r"cu(?:dnn|DNN) (?:\w+ ){0,3}launch failure", anchors=("launch failure",)),
        Pattern(r"cuDNN CTCLoss launch failure"),
        Pattern(r"Failed to determine best cudnn convolution algorithm for"),
        Pattern(r"[Nn]o algorithm worked!", anchors=("o algorithm worked!",)),
        Pattern(r"Unable to launch convolution with type"),
        Pattern(r"The primary convolution algorithm failed(?: memory allocation)?, "),
        Pattern(r"Check failed: stream->parent\(\)->Get(?P<call>\w+)Algorithms\("),
        Pattern(r"cuDNN failed to initialize, so try looking"),
        Pattern(r"All algorithms tried for (?:\S+ )?(?:convolution )?.{0,80}failed"),
        Pattern(r"CUDNN failed to allocate the scratch space for the runner"),
        Pattern(r"Failed to set cuDNN stream"),
        Pattern(
            r"(?:batch_descriptor:|BatchDescriptor) ?\{count: (?P<count>[0-9]+) feature_map_count: "
            r"(?P<channels>[0-9]+) spatial: (?P<spatial>[0-9 ]*[0-9])"
        ),
    ),
    seen="cuDNN failed[ in {node}][ of layer {layer}][ on an input of ({shape})][ "
    "({code_file}:{code_line})]",
    why="cuDNN could not be started or could not run any of its algorithms. Mostly too little GPU "
    "memory is left for it, because TensorFlow takes nearly all of it in advance; a cuDNN of the "
    "wrong version and a GPU filled by another program look the same.",
    fix=GROWTH + " Then free the GPU of other programs (nvidia-smi), try a smaller batch, and "
    "compare the installed cuDNN with `tf.sysconfig.get_build_info()['cudnn_version']`.",
    yields_to=("cudnn-handle-not-created", "dnn-library-not-found", *SOURCES),
    candidates=(GPU_FULL, OTHER_VERSION),
    source="tensorflow/core/kernels/conv_ops_gpu.cc",
    read=_read,
    hits=(
        "UnknownError: Failed to get convolution algorithm. This is probably because cuDNN failed "
        "to initialize, so try looking to see if a warning log message was printed above.\n\t "
        "[[node unet/down1/Conv2D (defined at train.py:31) ]] [Op:__inference_train_function_4]",
        "tensorflow.python.framework.errors_impl.InternalError: Failed to call ThenRnnForward with "
        "model config: [rnn_mode, rnn_input_mode, rnn_direction_mode]: 2, 0, 0 , [num_layers, "
        "input_size, num_units, dir_count, max_seq_length, batch_size, cell_num_units]: [1, 64, "
        "128, 1, 50, 32, 128] [Op:CudnnRNN]",
        "InternalError (see above for traceback): Failed to call ThenRnnBackward\n\t [[Node: "
        'rnn/CudnnRNN = CudnnRNN[T=DT_FLOAT, direction="unidirectional"](rnn/transpose)]]',
        "NotFoundError:  No algorithm worked!\n\t [[node model/conv1d/conv1d (defined at "
        "fit.py:9) ]]",
        "F tensorflow/stream_executor/cuda/cuda_dnn.cc:430] could not convert BatchDescriptor "
        "{count: 4 feature_map_count: 64 spatial: 0 12  value_min: 0.000000 value_max: 0.000000 "
        "layout: BatchDepthYX} to cudnn tensor descriptor: CUDNN_STATUS_BAD_PARAM\nAborted",
        "InternalError: Failed to determine best cudnn convolution algorithm for:\n%cudnn-conv = "
        "(f32[8,64,32,32], u8[0]) custom-call(...)",
    ),
    misses=(
        "W tensorflow/core/kernels/gpu_utils.cc:68] Failed to check cudnn convolutions for "
        "out-of-bounds reads and writes with an error message: 'x'; skipping this check. This only "
        "means that we won't check cudnn for out-of-bounds reads and writes.",
    ),
)
