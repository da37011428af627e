"""The program demands a GPU and TensorFlow has none."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import HIDDEN, NOT_THERE, WITHOUT_GPU, build_fields
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    fields = build_fields(log)
    candidates: tuple[Candidate, ...] = (*NOT_THERE, HIDDEN)
    if log.platform == "windows":
        return Reading(cause=Cause.WINDOWS_NATIVE_GPU_DROPPED, fields=fields, candidates=candidates)
    if "available" in sighting.fields:
        return Reading(cause=_of_list(sighting.fields["available"]), fields=fields)
    if _index(sighting) > 0:
        return Reading(cause=Cause.DEVICE_ORDINAL, fields=fields, candidates=candidates)
    # Colab's own words; there the libraries are always in order.
    colab = "SystemError" in sighting.line.text or "/content/" in sighting.before
    return Reading(
        cause=Cause.GPU_DRIVER_MISSING if colab else None, fields=fields, candidates=candidates
    )


def _index(sighting: Sighting) -> int:
    """The index into the list of GPUs that the failing line of code uses."""
    if "IndexError" not in sighting.line.text:
        return 0
    found = compiled(rf"{LIST_OF_GPUS}\[([0-9]+)\]").findall(sighting.before[-600:])
    return int(found[-1]) if found else 0


def _of_list(available: str) -> Cause:
    """Why `multi_gpu_model` found fewer GPUs than it was asked for."""
    if "'/gpu:" in available:
        return Cause.DEVICE_ORDINAL
    return Cause.GPU_LIBS_MISSING if "xla_gpu" in available else Cause.INVALID_DEVICE_PLACEMENT


LIST_OF_GPUS = (
    r"(?:gpus?|gpu_devices?|physical_devices?|gpu_list|[A-Z_]*GPUS?|list_physical_devices\([^)]*\))"
)

RULE = Rule(
    code="LOG109",
    name="gpu-demanded-and-absent",
    cause=Cause.GPU_LIBS_MISSING,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"SystemError: GPU device not found"),
        Pattern(r"AssertionError: Not enough GPU hardware devices available"),
        Pattern(
            r"(?:RuntimeError|ValueError|AssertionError|Exception|EnvironmentError|OSError|"
            r"SystemExit): (?:No GPUs?|GPU not|No available GPU|no GPU|Please (?:use|enable) a "
            r"GPU|Could not find (?:a |any )?GPU|TensorFlow (?:cannot|can't|did not|does not) "
            r"(?:find|see|detect) )",
            anchors=("Error: ", "Exception: ", "SystemExit: "),
        ),
        Pattern(r"Enabled NCCL communication but no GPUs detected/specified"),
        Pattern(r"Could not get number of GPUs from nvidia-smi"),
        Pattern(
            r"To call `multi_gpu_model` with `gpus=.*However this machine only has: "
            r"(?P<available>\[[^\]]*\])"
        ),
        Pattern(
            r"IndexError: list index out of range",
            before=(rf"{LIST_OF_GPUS}\[(?:[0-9]+|[a-z_.()]+)\]",),
        ),
        Pattern(r"GPU device not found\W*$"),
    ),
    yields_to=WITHOUT_GPU,
    seen="The program asks for a GPU, and TensorFlow lists none[ (it has {available})].",
    why="The error is the program's own check or its index into an empty list of GPUs. Why there "
    "is none stands in TensorFlow's lines above it, or was not printed.",
    fix="Run nvidia-smi where the program runs: if it fails, install the driver, give the "
    "container its GPUs (--gpus all) or choose a runtime with a GPU (Colab: Runtime, Change "
    "runtime type). If it lists the GPU, install the CUDA libraries: `pip install "
    "'tensorflow[and-cuda]'`[ (release {tensorflow}: CUDA {cuda}, cuDNN {cudnn})]. Print "
    "TensorFlow's reason with TF_CPP_MIN_LOG_LEVEL=0.",
    candidates=NOT_THERE,
    read=_read,
    source="https://www.tensorflow.org/guide/gpu",
    hits=(
        'Traceback (most recent call last):\n  File "/data/job/train.py", line 9, in <module>\n'
        "    assert len(devices) > 0, 'Not enough GPU hardware devices available'\n"
        "AssertionError: Not enough GPU hardware devices available\n",
        'Traceback (most recent call last):\n  File "/data/job/train.py", line 5, in <module>\n'
        "    tf.config.experimental.set_memory_growth(gpus[0], True)\n"
        "IndexError: list index out of range\n",
    ),
    misses=(
        'Traceback (most recent call last):\n  File "/data/job/prep.py", line 5, in <module>\n'
        "    label = names[row]\nIndexError: list index out of range\n",
    ),
)
