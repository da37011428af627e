"""XLA cannot run ptxas, the CUDA assembler."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# Where these write, the driver compiles in ptxas's place.
WARNS = ("asm_compiler.cc", "redzone_allocator.cc", "gpu_asm_opts_util.cc")
FALLS_BACK = (
    "Relying on driver",
    "fallback to the NVIDIA driver",
    "Falling back to",
    "Will back to the GPU driver",
)


def _read(sighting: Sighting, log: Log) -> Reading | None:
    near = "\n".join(sighting.text.splitlines()[:4])
    if any(text in near for text in FALLS_BACK):
        return None  # rule ptxas-fallback
    if "is not defined for option" in near:
        return None  # the GPU is newer than ptxas: rule ptx-rejected
    if "version" in sighting.fields or any(file in sighting.line.text for file in WARNS):
        failed = log.has("failure", "jit-compilation-failed") and not log.went_on_after(sighting)
        kind = Kind.DEGRADED if failed else Kind.BENIGN
        return Reading(kind=kind, confidence=Confidence.POSSIBLE)
    return Reading()


RULE = Rule(
    code="LOG191",
    name="ptxas-not-found",
    cause=Cause.PTXAS_LIBDEVICE_MISSING,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"Can't find ptxas binary"),
        Pattern(r"Couldn't (?:invoke|run) (?P<path>\S*ptxas)"),
        Pattern(r"Couldn't get ptxas(?:/nvlink)? version", anchors=("Couldn't get ptxas",)),
        Pattern(r"Failed to launch ptxas"),
        Pattern(
            r"(?P<path>\S*/ptxas(?:\.exe)?) not found",
            anchors=("/ptxas not found", "/ptxas.exe not found"),
        ),
        Pattern(r"You are using ptxas (?P<version>\S+), but TF requires ptxas"),
        Pattern(r"No PTX compilation provider is available"),
        Pattern(r"ptxas returned an error during compilation of ptx to sass: (?P<error>.{1,200})"),
        Pattern(
            r"ptxas exited with non-zero error code (?P<code>[0-9]+)(?:, output: (?P<error>.+))?"
        ),
        Pattern(r"Running (?P<path>\S*ptxas) --version returned (?P<code>-?[0-9]+)"),
        Pattern(
            r"ptxas(?:\.exe)?:? (?:No such file or directory|command not found)",
            anchors=(
                "ptxas: No such",
                "ptxas No such",
                "ptxas.exe: No",
                "ptxas.exe No",
                "ptxas.exe: com",
                "ptxas.exe com",
                "ptxas: command",
                "ptxas command",
            ),
        ),
        Pattern(r"No such file or directory: '?\S*ptxas"),
    ),
    seen="XLA could not compile with ptxas[ {version}][ ({path})][: {error}][, exit code {code}]",
    why="XLA turns a graph into PTX and calls ptxas of the CUDA toolkit to make machine "
    "code of it. ptxas is not installed, not on PATH, not runnable, or refused its "
    "input.",
    fix="Install the CUDA compiler of the release's CUDA version (`pip install "
    "nvidia-cuda-nvcc-cu12`, or the toolkit) and put its bin directory on PATH, or "
    "set XLA_FLAGS=--xla_gpu_cuda_data_dir=DIR. "
    "XLA_FLAGS=--xla_gpu_unsafe_fallback_to_driver_on_ptxas_not_found=true leaves it "
    "to the driver; jit_compile=False goes without XLA. Check also that /tmp is "
    "writable and not full.",
    yields_to=("libdevice-not-found", "ptx-rejected", "disk-full", "oom-host", "driver-too-old"),
    candidates=(
        Candidate(cause=Cause.DISK_FULL, check="Is /tmp full or read-only (df -h /tmp)?"),
        Candidate(
            cause=Cause.CUDA_ARCH_UNSUPPORTED,
            check="Does ptxas know the GPU (`ptxas --help` lists the sm_ it compiles for)?",
        ),
    ),
    source="tensorflow/compiler/xla/stream_executor/gpu/asm_compiler.cc",
    read=_read,
    hits=(
        "2021-09-10 11:12:13.1: F "
        "tensorflow/compiler/xla/service/gpu/nvptx_compiler.cc:471] ptxas returned an "
        "error during compilation of ptx to sass: 'Internal: ptxas exited with non-zero "
        "error code 65280, output: '  If the error message indicates that a file could "
        "not be written, please verify that sufficient filesystem space is "
        "provided.\nAborted (core dumped)",
        "tensorflow.python.framework.errors_impl.NotFoundError: Couldn't get ptxas/nvlink version "
        "string: INTERNAL: Couldn't invoke ptxas --version",
    ),
    misses=(
        "W tensorflow/stream_executor/gpu/redzone_allocator.cc:314] Internal: ptxas exited with "
        "non-zero error code 256, output: \nRelying on driver to perform ptx compilation.",
    ),
)
