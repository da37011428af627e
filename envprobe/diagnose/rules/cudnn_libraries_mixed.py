"""Parts of different cuDNN versions were loaded into one process."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG161",
    name="cudnn-libraries-mixed",
    cause=Cause.CUDNN_VERSION_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"(?P<status>CUDNN_STATUS_(?:SUBLIBRARY_)?VERSION_MISMATCH)",
            anchors=("VERSION_MISMATCH",),
        ),
        Pattern(
            r"(?P<library>libcudnn\S*?\.so(?:\.[0-9]+)*): (?:undefined symbol|symbol lookup error)"
        ),
        Pattern(
            r"symbol lookup error: \S*?(?P<library>libcudnn\S*?\.so(?:\.[0-9]+)*): undefined symbol"
        ),
        Pattern(r"undefined symbol: \S*, version (?P<library>libcudnn\S*\.so\.[0-9]+)"),
        Pattern(r"not defined in file (?P<library>libcudnn\S*) with link time reference"),
        Pattern(r"Could not load symbol (?P<symbol>cudnn[A-Za-z]+)"),
        Pattern(r"[Ll]oading library \S*(?P<library>libcudnn\S*) failed.*version mismatch"),
        Pattern(r"(?P<library>libcudnn\S*\.so(?:\.[0-9]+)*): version `\S+' not found"),
    ),
    seen="cuDNN's parts do not fit together[: {library}][ ({status})][: no {symbol}]",
    why="cuDNN consists of several libraries that must be of one version. One of them was found in "
    "another place than the rest: a second cuDNN stands on the search path.",
    fix="Find every copy (`find / -name 'libcudnn*' 2>/dev/null`, `pip list | grep cudnn`; "
    "`where cudnn*.dll` on Windows) and leave one: take the other directories off LD_LIBRARY_PATH "
    "or PATH, or reinstall nvidia-cudnn-cu11 or nvidia-cudnn-cu12 in the version that this "
    "TensorFlow asks for.",
    candidates=(
        Candidate(
            cause=Cause.GPU_LIBS_MISSING,
            check="Is a part of cuDNN absent from the directory of libcudnn.so altogether?",
        ),
    ),
    source="https://docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-graph-library.html",
    hits=(
        "Could not load library libcudnn_cnn_train.so.8. Error: /opt/cuda/lib64/libcudnn_cnn_train."
        "so.8: undefined symbol: _ZN5cudnn3cnn34layerNormFwd_execute_internal_implERKNS, version "
        "libcudnn_cnn_infer.so.8\nAborted (core dumped)",
        "2024-09-01 09:00:00.1: E external/local_xla/xla/stream_executor/cuda/cuda_dnn.cc:535] "
        "Could not create cudnn handle: CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH\n"
        "tensorflow.python.framework.errors_impl.FailedPreconditionError: DNN library "
        "initialization failed. Look at the errors above for more details.",
        "Could not load symbol cudnnGetLibConfig. Error code 127",
        "Could not load library libcudnn_adv_train.so.8. Error: /usr/lib/libcudnn_ops_train.so.8: "
        "symbol _Z9cudnnAddv, version libcudnn_ops_infer.so.8 not defined in file "
        "libcudnn_ops_infer.so.8 with link time reference",
    ),
    misses=(
        "Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot "
        "open shared object file: No such file or directory",
        "custom_op.so: undefined symbol: "
        "_ZN10tensorflow8OpKernel11TraceStringEPNS_15OpKernelContext",
    ),
)
