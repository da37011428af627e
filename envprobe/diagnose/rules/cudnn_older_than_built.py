"""The cuDNN that was loaded is not the one TensorFlow was compiled with, and too old for it."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

WRITTEN_AS_ONE = 5  # digits of 90100; four (8302) are one for the minor version's place less


def _read(sighting: Sighting, log: Log) -> Reading | None:
    loaded = _dotted(sighting.fields["loaded"])
    built = _dotted(sighting.fields["built"])
    where = " It is the copy that the loader finds first on PATH." if log.has("windows") else ""
    fields = {"loaded": loaded, "built": built, "major": built.partition(".")[0], "where": where}
    return Reading(fields=fields)


def _dotted(version: str) -> str:
    """`7605` and `90100` as `7.6.5` and `9.1.0`."""
    if "." in version or not version.isdigit() or len(version) < 4:
        return version
    major_digits = len(version) - 4 if len(version) >= WRITTEN_AS_ONE else 1
    rest = version[major_digits:]
    if len(version) >= WRITTEN_AS_ONE:
        return f"{int(version[:major_digits])}.{int(rest[:2])}.{int(rest[2:])}"
    return f"{version[0]}.{int(rest[0])}.{int(rest[1:])}"


RULE = Rule(
    code="LOG160",
    name="cudnn-older-than-built",
    cause=Cause.CUDNN_VERSION_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"[Ll]oaded runtime CuDNN library: (?P<loaded>[0-9][0-9.]*)"
            r"(?: \(compatibility version [0-9]+\))? but source was compiled with:? "
            r"(?P<built>[0-9]+(?:\.[0-9]+)*)",
            anchors=("untime CuDNN library: ",),
        ),
        Pattern(
            r"cuDNN version used at compilation \((?P<built>[0-9][0-9.]*)\) and the one used at "
            r"runtime \((?P<loaded>[0-9][0-9.]*)\) differ"
        ),
        Pattern(
            r"cuDNN version (?P<loaded>[0-9][0-9.]*) (?:is )?(?:too old|not supported)[;,.]? "
            r"(?:requires|needs|expected) (?:cuDNN )?(?:version )?(?P<built>[0-9][0-9.]*)",
            anchors=("cuDNN version ",),
        ),
    ),
    seen="cuDNN {loaded} was loaded; this TensorFlow was compiled with {built}",
    why="cuDNN must have the same major version as at the compilation, and the same or a higher "
    "minor version. An older copy was found before the right one, so no convolution and no cuDNN "
    "RNN can run: messages such as `DNN library is not found` follow from it.{where}",
    fix="Make cuDNN {built} or a newer {major}.x the one that is found: with pip, "
    "`pip install 'tensorflow[and-cuda]'` in a clean environment brings the fitting one; otherwise "
    "install it and take the older copy off LD_LIBRARY_PATH (PATH on Windows), out of the conda "
    "environment and out of other frameworks' packages (PyTorch brings its own).",
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_dnn.cc",
    read=_read,
    hits=(
        "2022-03-04 10:11:12.131415: E tensorflow/stream_executor/cuda/cuda_dnn.cc:374] Loaded "
        "runtime CuDNN library: 8.0.5 but source was compiled with: 8.1.0.  CuDNN library needs to "
        "have matching major version and equal or higher minor version.\n"
        "tensorflow.python.framework.errors_impl.UnimplementedError: Graph execution error:\n"
        "DNN library is not found.\n\t [[{{node net/conv/Conv2D}}]] [Op:__inference_predict_311]",
        "E0000 00:00:1740000000.123456    4242 cuda_dnn.cc:522] Loaded runtime CuDNN library: "
        "9.1.0 but source was compiled with: 9.3.0.  CuDNN library needs to have matching major "
        "version and equal or higher minor version.",
        "E tensorflow/stream_executor/cuda/cuda_dnn.cc:378] Loaded runtime CuDNN library: 6021 "
        "(compatibility version 6000) but source was compiled with 7004 (compatibility version "
        "7000).  If using a binary install, upgrade your CuDNN library to match.",
    ),
    misses=(
        "2023-05-05 08:00:00.000000: I "
        "tensorflow/compiler/xla/stream_executor/cuda/cuda_dnn.cc:424] Loaded cuDNN "
        "version 8600",
        '      << "Loaded runtime CuDNN library: " << loaded_version << " but source was compiled '
        'with: " << source_version',
    ),
)
