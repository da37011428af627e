"""The watched run crashed on an address that is not its own (SIGSEGV)."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._run_end import SPECIFIC
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

WHERE = r"segfault at .{0,120} in (?P<library>[^\[\s]+)\["
# Part of a library's name, and what its crash mostly is.
LIBRARIES = (
    ("libcuda", Cause.CUDA_RUNTIME_FAULT),
    ("libnvidia", Cause.CUDA_RUNTIME_FAULT),
    ("libcudnn", Cause.CUDNN_VERSION_MISMATCH),
    ("libcublas", Cause.CUDA_RUNTIME_FAULT),
    ("multiarray", Cause.NUMPY_ABI_MISMATCH),
    ("protobuf", Cause.PROTOBUF_ABI_MISMATCH),
)
ON_GPU = Candidate(
    cause=Cause.CUDA_RUNTIME_FAULT,
    check="Does it go on with CUDA_VISIBLE_DEVICES=-1? Then it is the driver or a library of CUDA.",
)


def _read(sighting: Sighting, log: Log) -> Reading | None:
    found = compiled(WHERE).search(f"{sighting.before}\n{sighting.text}")
    library = found["library"] if found else ""
    cause = next((cause for name, cause in LIBRARIES if name in library), None)
    candidates = (ON_GPU,) if log.has("gpu-created") and cause is None else None
    return Reading(
        fields={"library": library} if library else {}, cause=cause, candidates=candidates
    )


RULE = Rule(
    code="LOG263",
    name="run-segmentation-fault",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"envprobe run: process (?P<pid>[0-9]+) ended by signal SEGV"),
        Pattern(r"envprobe run: by its exit code, a process of the command ended by signal SEGV"),
    ),
    seen="The run crashed: it used memory that is not its own (SIGSEGV[, process {pid}])[, in "
    "{library}].",
    why="Compiled code went wrong: mostly libraries that do not fit each other (packages built for "
    "another TensorFlow, NumPy or CUDA), a library loaded twice, or a fault in one of them. Very "
    "deep recursion ends like this too.",
    fix="Run it once with `python -X faulthandler`: it prints the Python line in which it crashes. "
    "Look with `envprobe doctor` for packages that do not fit, try a fresh environment with the "
    "same requirements, and without the custom ops and extensions.",
    candidates=(
        Candidate(
            cause=Cause.CUDA_RUNTIME_FAULT,
            check="Does it go on with CUDA_VISIBLE_DEVICES=-1? Then it is the driver or a library "
            "of CUDA.",
        ),
    ),
    yields_to=(*SPECIFIC, "oom-host", "crash-at-import"),
    source="https://docs.python.org/3/library/faulthandler.html",
    read=_read,
    hits=(
        "Epoch 1/3\nenvprobe run: process 4711 ended by signal SEGV after 6.0 s",
        "envprobe run: process 4711 ended by signal SEGV after 6.0 s\n"
        "envprobe run: kernel log: python[4711]: segfault at 8 ip 00007f sp 00007f error 4 in "
        "libcuda.so.550.54.15[7f0000000000+1000]",
    ),
    misses=("envprobe run: process 4711 ended by signal BUS after 6.0 s",),
)
