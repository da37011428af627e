"""The Metal GPU could not finish the work that it was given."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    memory = "OutOfMemory" in sighting.text[:600] or "Insufficient Memory" in sighting.text[:600]
    return Reading(cause=Cause.OOM_GPU if memory else None)


RULE = Rule(
    code="LOG693",
    name="metal-command-failed",
    cause=Cause.MACOS_METAL,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"command buffer exited with error status"),
        Pattern(r"(?P<code>kIOGPUCommandBufferCallbackError[A-Za-z]+)"),
        Pattern(r"Execution of the command buffer was aborted due to an error"),
    ),
    yields_to=("metal-memory-exhausted",),
    seen="Metal gave up a piece of work[: {code}].",
    why="The GPU ran out of memory (it shares the machine's), took too long, or failed inside "
    "Apple's driver; the results of the step are not to be trusted, and often the run hangs "
    "or its loss is wrong.",
    fix="Make the batch or the model smaller when the code says OutOfMemory. Else update macOS and "
    "tensorflow-metal, and run on the CPU to compare (tf.config.set_visible_devices([], 'GPU')).",
    candidates=(
        Candidate(cause=Cause.OOM_GPU, check="the same program with half the batch works"),
    ),
    read=_read,
    source="https://developer.apple.com/documentation/metal/mtlcommandbuffererror",
    hits=(
        "Error: command buffer exited with error status.\n"
        "\tThe Metal Performance Shaders operations encoded on it may not have completed.\n"
        "\tError: \n"
        "\t(null)\n"
        "\tInternal Error (0000000e:Internal Error)\n",
        "Error: Impacting Interactivity "
        "(0000000e:kIOGPUCommandBufferCallbackErrorImpactingInteractivity)\n",
    ),
    misses=("subprocess: command exited with error status 2\n",),
)
