"""The process crashes while TensorFlow is imported."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_IMPORTING = (
    r"import tensorflow|pywrap_(?:tensorflow|saved_model|tf)|in "
    r"exec_module|_call_with_frames_removed"
    r"|import (?:keras|transformers|tensorflow_\w+)"
)


def read(sighting: Sighting, log: Log) -> Reading | None:
    """Only where an import was under way and nothing had been computed."""
    if log.has("gpu-created") or log.had_progress_before(sighting):
        return None
    near = f"{sighting.before[-2500:]}\n{sighting.text[:3000]}"
    return Reading() if compiled(_IMPORTING).search(near) else None


RULE = Rule(
    code="LOG658",
    name="crash-at-import",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"(?P<how>Segmentation fault)"),
        Pattern(r"Fatal Python error: (?P<how>Segmentation fault|Aborted|Bus error)"),
        Pattern(
            r"(?P<how>free\(\): invalid (?:pointer|size)|munmap_chunk\(\): invalid pointer)",
            anchors=("free(): invalid", "munmap_chunk(): invalid"),
        ),
        Pattern(r"(?P<how>double free or corruption)"),
        Pattern(r"Process finished with exit code (?P<how>-1073741819|134|139)\b"),
        Pattern(
            r"terminate called after throwing an instance of 'std::(?P<how>bad_cast|"
            r"system_error|length_error|runtime_error|logic_error)'"
        ),
    ),
    yields_to=(
        "cpu-instruction-missing",
        "oom-host",
        "protobuf-abi-mismatch",
        "numpy-abi-mismatch",
        "macos-metal",
        "library-loaded-twice",
        "openmp-loaded-twice",
        "gpu-libs-missing",
        "windows-vc-runtime-missing",
        "cudnn-version-mismatch",
    ),
    candidates=(
        Candidate(
            cause=Cause.CPU_INSTRUCTION_MISSING,
            check="Illegal instruction in the kernel log, or no avx in /proc/cpuinfo.",
        ),
        Candidate(
            cause=Cause.PROTOBUF_ABI_MISMATCH,
            check="It crashes only with another package imported before TensorFlow.",
        ),
    ),
    read=read,
    seen="The process crashed while TensorFlow was imported: {how}.",
    why="Libraries that do not fit each other were loaded together (two protobufs, two OpenMPs, "
    "an add-on of another release, tcmalloc or jemalloc by LD_PRELOAD), or TensorFlow's files "
    "are damaged.",
    fix="Run python -X faulthandler -c 'import tensorflow' alone: does it work, change the order "
    "of imports or upgrade the other package. Does it fail, install into a fresh environment. "
    "Unset LD_PRELOAD and LD_LIBRARY_PATH for the test.",
    source="docs.python.org/3/library/faulthandler.html",
    hits=(">>> import tensorflow as tf\nSegmentation fault (core dumped)\n",),
    misses=("Epoch 1/2\n1/9 [=>......] - loss: 1.0\nSegmentation fault (core dumped)\n",),
)
