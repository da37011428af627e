"""The loss does not depend on any trained variable."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG386",
    name="gradients-all-missing",
    cause=Cause.NO_GRADIENT,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"No gradients provided for any variable: (?P<variables>[\[(][^{\n]{2,200})"),
        Pattern(r"No gradients provided for any variable\."),
        Pattern(r"No gradients provided for any variable, check your graph for ops"),
        Pattern(r"No variables to optimize"),
        Pattern(r"An operation has `?None`? for gradient"),
        Pattern(r"`?tape`? is required when a `?Tensor`? loss is passed"),
    ),
    yields_to=("gradient-not-defined",),
    seen="No gradient leads from the loss to any variable[: {variables}].",
    why=(
        "The loss does not use what trained layers gave: it has no targets, it is computed with "
        "NumPy, rounding, argmax or comparisons (which have no gradient), or outside of the tape."
    ),
    fix=(
        "Give fit() the targets (a dataset must yield (x, y)); compute the loss from y_pred with "
        "TensorFlow or keras.ops only; compute it inside `with tf.GradientTape()`. Leave tf.round, "
        "tf.argmax, tf.cast to int and comparisons out of the loss."
    ),
    candidates=(
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="Look whether fit() is given y, and whether compile() is given a loss.",
        ),
        Candidate(
            cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
            check="Look for np. or .numpy() in the loss or in layers.",
        ),
    ),
    source="keras/src/optimizers/base_optimizer.py",
    hits=(
        "ValueError: No gradients provided for any variable: (['dense_4/kernel:0'],). Provided "
        "`grads_and_vars` is ((None, <tf.Variable 'dense_4/kernel:0'>),).\n",
        "    ValueError: No gradients provided for any variable.\n",
    ),
    misses=('            f"No gradients provided for any variable: {variable}. "\n',),
)
