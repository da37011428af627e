"""cuDNN itself could not open one of its parts, or a library that it needs."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG104",
    name="cudnn-part-not-loaded",
    cause=Cause.GPU_LIBS_MISSING,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Could not load library (?P<library>libcudnn_[a-z_]+\.so\.[0-9.]*[0-9])\. Error: "
            r"(?P<reason>\S.*: cannot open shared object file)"
        ),
        Pattern(
            r"Could not load library (?P<library>cudnn_[a-z_]+64_[0-9]+\.dll)\. Error code "
            r"(?P<reason>[0-9]+)"
        ),
        Pattern(r"Could not locate (?P<library>zlibwapi\.dll)"),
        Pattern(r"Unable to load any of \{(?P<library>libcudnn[^,}]+)"),
        Pattern(
            r"Please make sure (?P<library>(?:lib)?cudnn_[a-z_0-9]+\.(?:so\.[0-9]+|dll)) is in "
            r"your library path"
        ),
    ),
    yields_to=("cudnn-version-mismatch", "wsl-issue"),
    seen="cuDNN could not open {library}[ (error: {reason})].",
    why="cuDNN comes as several files that it opens when they are first needed; without them the "
    "process ends. The folder with them is not on the search path, was copied only in part, "
    "or holds another version. On Windows cuDNN 8 needs zlibwapi.dll besides.",
    fix="Install cuDNN as a whole from one source (one pip or conda package, or one archive), and "
    "have its folder in LD_LIBRARY_PATH, on Windows in PATH. For zlibwapi.dll install zlib "
    "and put the file beside cuDNN's own. Remove other copies of cuDNN from the environment.",
    candidates=(
        Candidate(
            cause=Cause.CUDNN_VERSION_MISMATCH,
            check="two copies of cuDNN are installed: `find / -name 'libcudnn*.so*'`",
        ),
    ),
    source="https://docs.nvidia.com/deeplearning/cudnn/installation/latest/",
    hits=(
        "Epoch 1/5\nCould not locate zlibwapi.dll. Please make sure it is in your library path!\n",
        "Could not load library cudnn_ops_infer64_8.dll. Error code 126\n"
        "Please make sure cudnn_ops_infer64_8.dll is in your library path!\n",
        "Could not load library libcudnn_ops_infer.so.8. Error: libcudnn_ops_infer.so.8: cannot "
        "open shared object file: No such file or directory\n"
        "Aborted (core dumped)\n",
        "Unable to load any of {libcudnn_cnn.so.9.3.0, libcudnn_cnn.so.9.3, libcudnn_cnn.so.9}\n"
        "Invalid handle. Cannot load symbol cudnnCreateConvolutionDescriptor\nAborted\n",
    ),
    misses=(
        "I external/local_xla/xla/stream_executor/cuda/cuda_dnn.cc:454] Loaded cuDNN version "
        "8905\n",
        "Could not load library libcudnn_cnn_infer.so.8. Error: libcuda.so: cannot open shared "
        "object file: No such file or directory\n",
    ),
)
