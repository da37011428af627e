"""The log ends while the shuffle buffer of the input pipeline is being filled."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# A process that is killed writes nothing more; the launcher and the shell may.
MOST_LINES_BEHIND = 8


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    last = log.all("shuffle-buffer-death")[-1]
    filled = [s for s in log.all("shuffle-buffer-filled") if s.line.order > last.line.order]
    if filled or log.went_on_after(last) or _lines(last.after) > MOST_LINES_BEHIND:
        return None
    return Reading(fields={name: int(last.fields[name]) for name in ("filled", "size")})


def _lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())


RULE = Rule(
    code="LOG239",
    name="shuffle-buffer-death",
    cause=Cause.OOM_HOST,
    kind=Kind.SYMPTOM,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"[Ff]illing up shuffle buffer \(this may take a while\): (?P<filled>[0-9]+) of "
            r"(?P<size>[0-9]+)",
            anchors=("illing up shuffle buffer",),
        ),
    ),
    seen="The log ends while the shuffle buffer was being filled ({filled} of {size} elements).",
    why="Dataset.shuffle(n) keeps n elements in memory before the first step. Where they are "
    "images or long texts, the memory is used up while it fills, and the process is killed "
    "without a message.",
    fix="Make the buffer smaller (`shuffle(1000)`), shuffle file names before the files are read, "
    "and decode, resize and batch behind shuffle, so that small elements lie in the buffer.",
    yields_to=(
        "host-tensor-did-not-fit",
        "host-array-did-not-fit",
        "host-killed-for-memory",
        "container-memory-limit",
        "job-memory-limit",
        "notebook-memory-exhausted",
        "oom-gpu",
        "disk-full",
    ),
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Does it go on when left alone, only slowly (the numbers grow)?",
        ),
        Candidate(cause=Cause.HANG_TIMEOUT, check="Do the numbers stand still?"),
    ),
    source="tensorflow/core/kernels/data/shuffle_dataset_op.cc",
    read=_read,
    hits=(
        "2020-02-03 04:05:06.1: I tensorflow/core/kernels/data/shuffle_dataset_op.cc:172] Filling "
        "up shuffle buffer (this may take a while): 8123 of 90000\n2020-02-03 04:05:16.1: I "
        "tensorflow/core/kernels/data/shuffle_dataset_op.cc:172] Filling up shuffle buffer (this "
        "may take a while): 15987 of 90000\n",
    ),
    misses=(
        "2020-02-03 04:05:06.1: I tensorflow/core/kernels/data/shuffle_dataset_op.cc:172] Filling "
        "up shuffle buffer (this may take a while): 8123 of 10000\n2020-02-03 04:05:08.1: I "
        "tensorflow/core/kernels/data/shuffle_dataset_op.cc:228] Shuffle buffer filled.\n",
    ),
)
