"""The devices are configured after TensorFlow has opened them, or in two ways that conflict."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    # TensorFlow's guide catches the error and prints it: the run goes on with the old settings.
    printed = "Error" not in sighting.line.text
    return Reading(kind=Kind.DEGRADED if printed else None)


RULE = Rule(
    code="LOG153",
    name="device-configuration-too-late",
    cause=Cause.DEVICE_ORDINAL,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"(?P<what>Physical|Virtual|Visible|Logical) devices cannot be modified after being "
            r"initialized"
        ),
        Pattern(r"Error: Memory growth cannot differ between GPU devices"),
        Pattern(r"Error: Cannot set memory growth on device when virtual devices configured"),
        Pattern(r"Error: Cannot set memory growth on non-GPU"),
        Pattern(r"Virtual CPUs already set, cannot modify again"),
        Pattern(r"Error: Setting memory limit on CPUs is (?:currently )?not supported"),
        Pattern(r"Error: Collective ops must be configured at program startup"),
    ),
    seen="TensorFlow's devices are configured too late, or in two ways that conflict.",
    why="Memory growth, visible devices and logical devices are fixed when TensorFlow opens the "
    "GPUs: at the first op, tensor, variable, Session or listing of logical devices. The call "
    "comes after that, or does not treat all visible GPUs alike.",
    fix="Move the tf.config calls to the very beginning of the program, before models and tensors "
    "are made (in a notebook restart the kernel first). Set memory growth for every GPU that "
    "tf.config.list_physical_devices('GPU') gives, or use TF_FORCE_GPU_ALLOW_GROWTH=true and "
    "CUDA_VISIBLE_DEVICES in the environment instead.",
    read=_read,
    source="tensorflow/python/eager/context.py",
    hits=(
        '  File "/data/job/train.py", line 30, in <module>\n'
        "    tf.config.experimental.set_memory_growth(gpu, True)\n"
        "RuntimeError: Physical devices cannot be modified after being initialized\n",
        "ValueError: Memory growth cannot differ between GPU devices\n",
    ),
    misses=(
        "    raise RuntimeError(\n"
        '        "Intra op parallelism cannot be modified after initialization.")\n',
        "    # Memory growth must be set before GPUs have been initialized\n",
    ),
)
