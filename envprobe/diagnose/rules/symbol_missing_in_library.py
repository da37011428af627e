"""A compiled library asks for a symbol that the TensorFlow beside it does not have."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# Those of CUDA and of Apple's plug-in are other rules' matter.
_OTHERS = ("libcud", "libcub", "libcuf", "libcur", "libcus", "libnv", "libnccl", "libmetal_plugin")
_OF_CUDA = (
    "cudnn",
    "cublas",
    "cuda",
    "cusparse",
    "cusolver",
    "cuModule",
    "cuGet",
    "nvml",
    "cuFunc",
)


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Not where CUDA's libraries are concerned; tensorflow-io's warnings do no harm."""
    library = sighting.fields.get("library", "").replace("\\", "/").rsplit("/", 1)[-1]
    symbol = sighting.fields.get("symbol", "")
    if library.startswith(_OTHERS) or symbol.startswith(_OF_CUDA):
        return None
    fields = {"library": library} if library else {}
    if "unable to load libtensorflow_io" in sighting.line.text or "libtensorflow_io" in library:
        return Reading(kind=Kind.DEGRADED, fields=fields, fix=IO_FIX)
    abi = "cxx11" in symbol or "B5cxx11" in symbol
    return Reading(fields=fields, fix=ABI_FIX if abi else None)


IO_FIX = (
    "tensorflow-io does not fit this TensorFlow: install the pair that its page lists, or leave it "
    "out where its file systems are not needed; the rest works without it."
)
ABI_FIX = (
    "Compile the library with TensorFlow's own flags (tf.sysconfig.get_compile_flags(), "
    "get_link_flags()), which choose the same _GLIBCXX_USE_CXX11_ABI, against the TensorFlow that "
    "loads it."
)

RULE = Rule(
    code="LOG650",
    name="symbol-missing-in-library",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"(?P<library>[^\s:'\"\[]+\.so[0-9.]*): undefined symbol: (?P<symbol>\w+)"),
        Pattern(r"symbol lookup error: (?P<library>[^\s:]+): undefined symbol: (?P<symbol>\w+)"),
        Pattern(r"undefined symbol: (?P<symbol>_Z\w+)"),
        Pattern(
            r"dlopen\((?P<library>[^,)]+),.*(?:Symbol not found|symbol not found in flat "
            r"namespace):? '?\(?(?P<symbol>_\w+)",
            anchors=("ymbol not found",),
        ),
        Pattern(r"Symbol not found: \(?(?P<symbol>_\w+)"),
        Pattern(
            r"version `(?P<symbol>(?:tensorflow|TENSORFLOW|OPENSSL|NCCL|MKL|OMP|GOMP)[\w.]*)' not "
            r"found"
        ),
        Pattern(r"The specified procedure could not be found", before=(r"load_op_library|\.pyd",)),
    ),
    yields_to=(
        "macos-metal",
        "gpu-libs-missing",
        "cudnn-version-mismatch",
        "wsl-issue",
        "numpy-files-mixed",
        "protobuf-not-importable",
        "driver-too-old",
    ),
    read=read,
    seen="The library[ {library}] needs a symbol that is not there[: {symbol}].",
    why="A compiled library (a custom op, an add-on, a part of TensorFlow itself) was built for "
    "another TensorFlow, another compiler setting or another Python than those it is loaded "
    "with. TensorFlow promises no stable C++ interface from release to release.",
    fix="Install the release of the library that was built for this TensorFlow (pip show both), "
    "or build it again here. Where the library is TensorFlow's own: a second TensorFlow is on "
    "LD_LIBRARY_PATH or half of an upgrade is left; reinstall in a fresh environment.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="pip list shows a TensorFlow that the add-on's page does not list.",
        ),
    ),
    source="tensorflow.org/guide/create_op#compile_the_op_using_your_system_compiler",
    hits=(
        "tensorflow.python.framework.errors_impl.NotFoundError: /opt/v/lib/python3.9/site-packages/"
        "tensorflow_addons/custom_ops/seq2seq/_beam_search_ops.so: undefined symbol: "
        "_ZN10tensorflow0OpKernel11TraceStringEPNS_15OpKernelContextEb\n",
        "ImportError: dlopen(/opt/v/lib/my_ops.so, 0x0006): symbol not found in flat namespace "
        "'__ZN10tensorflow8OpKernelC2E'\n",
    ),
    misses=(
        "ImportError: /usr/local/cuda/lib64/libcublas.so.11: undefined symbol: cublasLtGetStatus\n",
        "NameError: undefined symbol x in expression\n",
    ),
)
