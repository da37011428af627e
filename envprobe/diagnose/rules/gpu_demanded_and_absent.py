"""The program demands a GPU and TensorFlow has none."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import (
    HIDDEN,
    NOT_THERE,
    WITHOUT_GPU,
    build_fields,
    dropped_on_windows,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    fields = build_fields(log)
    candidates: tuple[Candidate, ...] = (*NOT_THERE, HIDDEN)
    if "available" in sighting.fields:
        return _of_lists(sighting.fields["asked"], sighting.fields["available"])
    if "received" in sighting.fields:
        return Reading(cause=Cause.DEVICE_ORDINAL)
    if "IndexError" in sighting.line.text and _beyond_the_last(sighting, log):
        return Reading(
            cause=Cause.DEVICE_ORDINAL, fields=fields, seen=BEYOND, why=COUNTED, fix=OWN_GPU
        )
    if log.platform == "windows" and dropped_on_windows(sighting, log):
        return Reading(cause=Cause.WINDOWS_NATIVE_GPU_DROPPED, fields=fields, candidates=candidates)
    # Colab's own words; there the libraries are always in order.
    colab = "SystemError" in sighting.line.text or "/content/" in sighting.before
    colab = colab and not log.has("cuda-driver-seen")
    return Reading(
        cause=Cause.GPU_DRIVER_MISSING if colab else None, fields=fields, candidates=candidates
    )


def _beyond_the_last(sighting: Sighting, log: Log) -> bool:
    """Whether there are GPUs, and the failing line of code asks for one more than there are."""
    if log.has("gpu-created", "gpu-listed", "gpu-properties"):
        return True
    used = compiled(rf"{LIST_OF_GPUS}\[({INDEX})\]").findall(sighting.before[-600:])
    # A rank's own index is used behind a test that there are GPUs at all (Horovod's examples).
    return bool(used) and ("rank" in used[-1] or (used[-1].isdigit() and int(used[-1]) > 0))


def _of_lists(asked: str, available: str) -> Reading:
    """Why `multi_gpu_model` does not find the GPUs that it was asked for."""
    there = available.lower().replace("/device:", "/")
    missing = [one for one in asked.strip("[]").split(", ") if one not in there]
    if not any("gpu" in one for one in missing):
        # All are there, under names that this Keras does not know.
        return Reading(cause=Cause.KERAS_TF_VERSION_MISMATCH, seen=NAMES, why=NAMED, fix=ONE_KERAS)
    if "'/gpu:" in there:
        return Reading(cause=Cause.DEVICE_ORDINAL)
    libraries = Cause.GPU_LIBS_MISSING if "xla_gpu" in there else Cause.INVALID_DEVICE_PLACEMENT
    return Reading(cause=libraries)


LIST_OF_GPUS = (
    r"(?:gpus?|\w*gpu_?devices?|physical_\w+|(?:gpu|device)s?_list|[A-Z_]*GPUS?|"
    r"(?:list_physical|list_logical|get_visible)_devices\([^)]*\)|"
    r"set_(?:memory_growth|visible_devices|virtual_device_configuration|"
    r"logical_device_configuration)\(\w+|get_memory_(?:info|usage)\(\w+)"
)
INDEX = r"[0-9]+|[A-Za-z_][\w.()\[\]'\" ]*?"
NAMES = "Keras does not recognise TensorFlow's names for the devices: {available}."
NAMED = (
    "All GPUs are there. Keras compares their names with those that it makes up itself, and this "
    "Keras was written for another release of TensorFlow, which named the devices otherwise."
)
ONE_KERAS = (
    "Install the Keras that belongs to the TensorFlow release, or use tf.keras of TensorFlow 2 and "
    "tf.distribute.MirroredStrategy, which took the place of multi_gpu_model."
)
BEYOND = "The program asks for a GPU by an index that is beyond the last one that TensorFlow sees."
COUNTED = (
    "The list holds the GPUs that this process may see, counted from 0. More processes were "
    "started on this node than it shows GPUs, the index is one of another machine, or "
    "CUDA_VISIBLE_DEVICES leaves only some over."
)
OWN_GPU = (
    "Print len(tf.config.list_physical_devices('GPU')) in each process, and compare with `nvidia-"
    "smi -L` and CUDA_VISIBLE_DEVICES. Start as many processes per node as it has GPUs "
    "(horovodrun -np, mpirun -H host:slots, srun --gpus-per-node). Where the scheduler gives "
    "each process one GPU of its own, use index 0."
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
            r"multi_gpu_model.{0,12}gpus=.*devices to be available: (?P<asked>\[[^\]]*\])\. "
            r"However this machine only has: (?P<available>\[[^\]]*\])"
        ),
        Pattern(r"call `multi_gpu_model` with `gpus >= 2`\. Received: `gpus=(?P<received>[0-9])`"),
        Pattern(
            r"IndexError: list index out of range",
            before=(rf"{LIST_OF_GPUS}\[(?:{INDEX})\][^\n]*(?:\n[^\n]*){{0,6}}$",),
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
        "ValueError: To call `multi_gpu_model` with `gpus=3`, we expect the following devices to "
        "be available: ['/cpu:0', '/gpu:0', '/gpu:1', '/gpu:2']. However this machine only has: "
        "['/cpu:0', '/gpu:0']. Try reducing `gpus`.\n",
        'Traceback (most recent call last):\n  File "/data/job/fit.py", line 31, in <module>\n'
        "    tf.config.set_visible_devices(cards[hvd.local_rank()], 'GPU')\n"
        "IndexError: list index out of range\n",
    ),
    misses=(
        'Traceback (most recent call last):\n  File "/data/job/prep.py", line 5, in <module>\n'
        "    label = names[row]\nIndexError: list index out of range\n",
    ),
)
