"""TensorFlow could not open a CUDA library and goes on without the GPU."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER, build_fields, degraded
from envprobe.diagnose.rules._gpu_libraries import is_cuda_file, product_of
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    library = sighting.fields["library"].rstrip(".")
    if not is_cuda_file(library):
        return None
    product = product_of(library)
    fields = {**build_fields(log), **({"product": product} if product else {})}
    return degraded(sighting, log, fields=fields)


RULE = Rule(
    code="LOG100",
    name="gpu-library-not-loaded",
    cause=Cause.GPU_LIBS_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(
            r"Could not (?:load|dlopen) (?:dynamic )?library '(?P<library>[^']+)'"
            r"(?:; ?dlerror: (?P<reason>[^;]+))?",
            anchors=("Could not load ", "Could not dlopen "),
        ),
        Pattern(r"Couldn't open CUDA library (?P<library>[A-Za-z0-9_.]+)"),
        Pattern(r"failed to find (?P<library>lib(?:cudnn|cublas)\.so\S*) on this system"),
    ),
    yields_to=(
        "gpu-driver-missing",
        "driver-library-mismatch",
        "wsl-issue",
        "windows-native-gpu-dropped",
        "device-ordinal",
    ),
    seen="TensorFlow could not open {library}[ ({product})][: {reason}]; the GPU is not used.",
    why="TensorFlow opens the CUDA libraries by their exact names. One of them is not installed, "
    "has another version, or lies in a folder that the loader does not search; then all GPUs "
    "are left out.",
    fix="Install what holds {library}[: {product}][ (TensorFlow {tensorflow} is built for CUDA "
    "{cuda} and cuDNN {cudnn})]. From TensorFlow 2.14 on `pip install 'tensorflow[and-cuda]'` "
    "brings all of them. If the file exists, add its folder to LD_LIBRARY_PATH (on Windows to "
    "PATH) before Python starts. On a machine without a GPU this line does no harm.",
    candidates=(
        NO_DRIVER,
        Candidate(
            cause=Cause.BENIGN, check="the machine has no NVIDIA GPU and is to compute on its CPU"
        ),
    ),
    read=_read,
    source="tensorflow/tsl/platform/default/dso_loader.cc",
    hits=(
        "2021-03-02 10:11:12.131415: I "
        "tensorflow/stream_executor/platform/default/dso_loader.cc:49] Successfully opened "
        "dynamic library libcudart.so.11.0\n"
        "2021-03-02 10:11:12.141415: W "
        "tensorflow/stream_executor/platform/default/dso_loader.cc:60] Could not load dynamic "
        "library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file: No such "
        "file or directory; LD_LIBRARY_PATH: /opt/cuda/lib64\n",
        "2020-06-02 09:00:01.000001: W "
        "tensorflow/stream_executor/platform/default/dso_loader.cc:55] Could not load dynamic "
        "library 'cublas64_10.dll'; dlerror: cublas64_10.dll not found\n",
        "I tensorflow/stream_executor/dso_loader.cc:102] Couldn't open CUDA library libcudnn.so. "
        "LD_LIBRARY_PATH: /usr/local/cuda-8.0/lib64\n",
    ),
    misses=(
        "W tensorflow/compiler/xla/stream_executor/platform/default/dso_loader.cc:64] Could not "
        "load dynamic library 'libnvinfer.so.7'; dlerror: libnvinfer.so.7: cannot open shared "
        "object file: No such file or directory\n",
        "W tensorflow/stream_executor/platform/default/dso_loader.cc:55] Could not load dynamic "
        "library 'libcuda.so.1'; dlerror: libcuda.so.1: cannot open shared object file\n",
    ),
)
