"""The dataset or generator gives fewer batches than the training asks for."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# The first epoch over a dataset of unknown length ends like this by design.
UNKNOWN_LENGTH = r"[0-9]/Unknown"
NEAR_LINES = 12


def _read(sighting: Sighting, log: Log) -> Reading | None:
    above = sighting.before.split("\n")[-NEAR_LINES:]
    below = sighting.after.split("\n")[:NEAR_LINES]
    near = "\n".join([*above, sighting.line.text, *below])
    if compiled(UNKNOWN_LENGTH).search(near) and not log.has("failure"):
        return FIRST_EPOCH
    return Reading()


FIRST_EPOCH = Reading(
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    confidence=Confidence.LIKELY,
    seen="The first epoch over a dataset of unknown length came to its end.",
    why="Keras learns the length of such a dataset by reading it to its end, and warns on the way.",
    fix="Nothing to do; dataset.apply(tf.data.experimental.assert_cardinality(n)) tells the length "
    "beforehand.",
    candidates=(),
)

RULE = Rule(
    code="LOG510",
    name="input-ran-out",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.SYMPTOM,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Your (?:input|dataset)(?: iterator)? ran out of data(?:; interrupting (?P<phase>"
            r"\w+))?.*?(?:\(in this case, (?P<batches>[0-9]+) batches\))?$",
            anchors=("ran out of data",),
        ),
        Pattern(r"Your dataset iterator ran out of data"),
        Pattern(
            r"make sure that your (?:dataset|generator)[^{]*can generate at least[^{]*?"
            r"(?P<batches>[0-9]+) batches",
            anchors=("can generate at least",),
        ),
    ),
    read=_read,
    yields_to=("data-pipeline",),
    seen="The input ended before[ {batches} batches] were read.",
    why="fit() asks for steps_per_epoch times epochs batches in all, or validation_steps, and the "
    "dataset or generator gives fewer; in training with several workers each of them needs that "
    "many.",
    fix="Put .repeat() on the dataset (or let the generator loop for ever) and set "
    "steps_per_epoch = samples // batch_size, or leave steps_per_epoch and validation_steps out so "
    "that each epoch is one pass.",
    source="keras/src/trainers/epoch_iterator.py",
    hits=(
        "Epoch 2/8\n 12/40 [=======>......................] - ETA: 3s - loss: "
        "0.5WARNING:tensorflow:"
        "Your input ran out of data; interrupting training. Make sure that your dataset or "
        "generator can generate at least `steps_per_epoch * epochs` batches (in this case, 320 "
        "batches). You may need to use the repeat() function when building your dataset.\n",
    ),
    misses=(
        "Epoch 1/2\n     31/Unknown 1s 2ms/step - loss: 0.4UserWarning: Your inputs are sparse.\n",
    ),
)
