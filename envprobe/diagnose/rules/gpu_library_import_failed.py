"""TensorFlow cannot be imported because a CUDA library that it links to is not found."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import build_fields
from envprobe.diagnose.rules._gpu_libraries import CUDA_DLL, CUDA_SO, product_of
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

ENDS = r"[A-Za-z]Error\b|error while loading shared libraries|(?:^|[ \]])F[0-9 ]"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    # What TensorFlow's own loader says does not end the run: another rule reads it.
    if "dlerror" in sighting.line.text or "Could not load dynamic" in sighting.line.text:
        return None
    if "WinError 1455" in sighting.line.text or "paging file" in sighting.line.text:
        return None
    product = product_of(sighting.fields["library"])
    # Other programs say it as well and go on without their GPU part.
    ends = compiled(ENDS).search(sighting.line.text)
    fields = {**build_fields(log), **({"product": product} if product else {})}
    return Reading(fields=fields, kind=None if ends else Kind.SYMPTOM)


RULE = Rule(
    code="LOG101",
    name="gpu-library-import-failed",
    cause=Cause.GPU_LIBS_MISSING,
    kind=Kind.FATAL,
    patterns=(
        Pattern(rf"(?P<library>{CUDA_SO}): cannot open shared object file"),
        Pattern(rf"(?P<library>{CUDA_SO}): file too short"),
        Pattern(rf"(?P<library>{CUDA_SO}): undefined symbol: ", anchors=(": undefined symbol: ",)),
        Pattern(rf"Could not find '(?P<library>{CUDA_DLL})'\. TensorFlow requires that this DLL"),
        Pattern(r"Could not find '(?P<library>cudnn64_[0-9]+\.dll)'"),
        Pattern(
            rf"(?:FileNotFoundError|OSError): .*'?(?P<library>{CUDA_DLL})",
            anchors=("FileNotFoundError: ", "OSError: "),
        ),
        Pattern(
            r"not loaded: "
            r"\S*?(?P<library>lib(?:cud|cub|cuf|cur|cus)[A-Za-z]+\.[0-9.]*dylib)"
        ),
    ),
    yields_to=("cudnn-version-mismatch", "cudnn-part-not-loaded", "wsl-issue"),
    seen="{library}[ ({product})] is needed for the import, and the loader does not find it.",
    why="This build links to that file by its exact name, version and all. CUDA is not installed, "
    "has another version, or its folder is not on the loader's search path; a second package "
    "that replaced the installed one by a GPU build has the same effect.",
    fix="Install the release that fits the CUDA of this machine, or the CUDA that fits the "
    "release: {library}[ is part of {product}]. If the file is there, add its folder to "
    "LD_LIBRARY_PATH (on Windows to PATH), or run ldconfig. Look with `pip list` whether "
    "another requirement replaced the TensorFlow of the image. For a run without a GPU "
    "install `tensorflow-cpu`.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="pip's log shows that a requirement replaced the TensorFlow that was there",
        ),
    ),
    read=_read,
    source="tensorflow/python/pywrap_tensorflow.py",
    hits=(
        "Traceback (most recent call last):\n"
        '  File "/srv/app/lib/python3.6/site-packages/tensorflow/python/pywrap_tensorflow.py", '
        "line 58, "
        "in <module>\n"
        "    from tensorflow.python.pywrap_tensorflow_internal import *\n"
        "ImportError: libcusolver.so.8.0: cannot open shared object file: No such file or "
        "directory\n",
        "ImportError: Could not find 'cudart64_100.dll'. TensorFlow requires that this DLL be "
        "installed in a directory that is named in your %PATH% environment variable. Download and "
        "install CUDA 10.0 from this URL: https://developer.nvidia.com/cuda-90-download-archive\n",
    ),
    misses=(
        "W tensorflow/stream_executor/platform/default/dso_loader.cc:59] Could not load dynamic "
        "library 'libcudart.so.10.1'; dlerror: libcudart.so.10.1: cannot open shared object file: "
        "No such file\n",
        "tensorflow.python.framework.errors_impl.NotFoundError: libtensorflow_framework.so.1: "
        "cannot open shared object file: No such file or directory\n",
        "ImportError: libGL.so.1: cannot open shared object file: No such file or directory\n",
    ),
)
