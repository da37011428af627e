"""Code asks the history for a metric under the name that another Keras gave it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG647",
    name="metric-renamed",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"KeyError: ['\"](?P<metric>acc|val_acc|accuracy|val_accuracy)['\"]"),
        Pattern(r"KeyError: ['\"](?P<metric>lr)['\"]", before=(r"history|logs|callback",)),
    ),
    seen="There is no metric {metric} in what Keras recorded.",
    why="Keras 2.3 and TensorFlow 2 record the accuracy under the name it was given in compile "
    "(accuracy), older ones as acc; Keras 3 writes learning_rate where Keras 2 wrote lr.",
    fix="print(history.history.keys()) and use the name that is there: accuracy and val_accuracy "
    "today. Without validation data there is no val_ entry.",
    candidates=(Candidate(cause=Cause.UNKNOWN, check="No such metric was given in compile."),),
    source="keras/src/trainers/compile_utils.py",
    hits=("    plt.plot(history.history['acc'])\nKeyError: 'acc'\n",),
    misses=("KeyError: 'account'\n",),
)
