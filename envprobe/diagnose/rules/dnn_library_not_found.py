"""TensorFlow has no usable cuDNN although its library is there."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.diagnose.rules._cudnn import GPU_FULL, MEMORY_TAKEN, SOURCES
from envprobe.terms import Cause

RULE = Rule(
    code="LOG162",
    name="dnn-library-not-found",
    cause=Cause.CUDNN_VERSION_MISMATCH,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(r"DNN library is not found"),
        Pattern(r"DNN library initialization failed"),
        Pattern(r"No DNN in stream executor"),
        Pattern(r"no DNN support for (?:stream|platform)"),
        Pattern(
            r"(?:attempting to|Attempting to) perform DNN operation using StreamExecutor "
            r"without DNN support"
        ),
        Pattern(r"cuDNN could not be found or could not be loaded"),
    ),
    seen="cuDNN does not answer[ in {node}][ ({code_file}:{code_line})]",
    why="The library was opened and could not be used. Most often it is another version than the "
    "one that TensorFlow was compiled with (a second copy is found first); on a full GPU it looks "
    "the same, because cuDNN needs memory to start.",
    fix="Look at the first lines about cuda_dnn.cc: they name the loaded version or the status. "
    "Compare it with `tf.sysconfig.get_build_info()['cudnn_version']`, and make the fitting cuDNN "
    "the first on LD_LIBRARY_PATH (PATH on Windows). Where the version fits, set "
    "TF_FORCE_GPU_ALLOW_GROWTH=true and end other programs on the GPU.",
    yields_to=("cudnn-handle-not-created", *SOURCES),
    candidates=(MEMORY_TAKEN, GPU_FULL),
    source="tensorflow/core/kernels/conv_ops_gpu.cc",
    hits=(
        "UnimplementedError: Graph execution error:\n\nDetected at node "
        "'cnn/block1/Conv2D' defined at (most recent call last):\nNode: "
        "'cnn/block1/Conv2D'\nDNN library is not found.\n\t [[{{node "
        "cnn/block1/Conv2D}}]] [Op:__inference_train_function_77]",
        "jaxlib.xla_extension.XlaRuntimeError: FAILED_PRECONDITION: DNN library initialization "
        "failed. Look at the errors above for more details.",
    ),
    misses=(
        "I tensorflow/core/platform/cpu_feature_guard.cc:193] This TensorFlow binary is optimized "
        "with oneAPI Deep Neural Network Library (oneDNN)",
    ),
)
