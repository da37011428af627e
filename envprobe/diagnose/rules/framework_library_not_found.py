"""A compiled library looks for TensorFlow's own library under a name that is not there."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

_LIBRARY = (
    r"(?P<library>lib(?:tensorflow(?:_framework|_cc|lite|_c)?|tsl|python[0-9.]+m?|stdc\+\+|gomp|"
    r"iomp5|gfortran|quadmath|openblas\w*|mkl_\w+|mpi\w*|GL|SM|Xext|gthread[\w.-]*|hdf5\w*|ssl|"
    r"crypto|ffi|z|dl|omp|llvm\w*|c\+\+\w*)(?:[.-][\w.-]*)?\.?(?:so|dylib)[0-9.]*)"
)

RULE = Rule(
    code="LOG651",
    name="framework-library-not-found",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(rf"{_LIBRARY}: cannot open shared object file: No such file"),
        Pattern(
            r"(?P<library>_?pywrap_\w+\.so|_solib\S+|libtfkernel\S+\.so|\S*_ops?\.so)[:']? ?"
            r"cannot open shared object file",
            anchors=("cannot open shared object file",),
        ),
        Pattern(
            r"Library not loaded: @rpath/(?P<library>lib(?:tensorflow|python|c\+\+|omp|hdf5)"
            r"\S*)"
        ),
        Pattern(
            r"Library not loaded: (?P<library>/\S*?lib(?:gomp|omp|stdc\+\+|gcc_s|hdf5|mkl|openblas|"
            r"protobuf|snappy)\S*)",
            after=(r"Referenced from: .*(?:tensorflow|h5py|keras|jax)",),
        ),
        Pattern(r"cannot find -l(?P<library>:?(?:lib)?tensorflow(?:_framework|_cc)?\S*)"),
        Pattern(r"error while loading shared libraries: (?P<library>lib(?:tensorflow|python)\S*):"),
        Pattern(r"(?P<library>libtensorflow_framework\.so\.[0-9]+)' (?:not found|does not exist)"),
    ),
    yields_to=("gpu-libs-missing", "macos-metal"),
    seen="The library {library} is not found.",
    why="The library that asks for it was built for another TensorFlow or another system: the "
    "framework library is named libtensorflow_framework.so up to 1.13, .so.1 in 1.14 and 1.15, "
    ".so.2 in 2.x. A library of the system may be missing as well.",
    fix="Build the custom op again with this TensorFlow (tf.sysconfig.get_link_flags()), or "
    "install the add-on in the release made for it. For a library of the system, install its "
    "package, or put its folder on LD_LIBRARY_PATH.",
    candidates=(
        Candidate(cause=Cause.TF_NOT_INSTALLED, check="TensorFlow's own folder lacks the file."),
    ),
    source="tensorflow/python/platform/sysconfig.py",
    hits=(
        "tensorflow.python.framework.errors_impl.NotFoundError: libtensorflow_framework.so.1: "
        "cannot open shared object file: No such file or directory\n",
        "./serve: error while loading shared libraries: libtensorflow_cc.so.2: cannot open shared "
        "object file: No such file or directory\n",
    ),
    misses=(
        "Library not loaded: @rpath/libcudart.10.0.dylib\n  Referenced from: /x/tensorflow/python/"
        "_pywrap_tensorflow_internal.so\n",
        "ImportError: libcublas.so.11: cannot open shared object file: No such file or directory\n",
    ),
)
