"""Text reaches a part of the model that computes with numbers."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._dtypes import dtype_name, named
from envprobe.diagnose.rules._targets import about_targets
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

NODE = r"\[\[(?:\{\{)?node ([^\s}]+)"
# Keras casts what goes into the model within the model's scope; what it compares, outside.
OUTSIDE = r"^Cast(?:_[0-9]+)?$"
IN_STEP = r"inference_(?:train|test)_function|train_function|one_step_on_iterator"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The node, where it is not one that compares labels."""
    if sighting.fields["wanted"] == "string":
        return TO_TEXT
    if about_targets(sighting):
        return None
    told = {"wanted": dtype_name(sighting.fields["wanted"])}
    found = compiled(NODE).search(sighting.after[:2000])
    if found is None:
        return Reading(fields={**told}, confidence=Confidence.LIKELY)
    node = str(found.group(1))
    fields: dict[str, str | int | float] = {**told, "node": node}
    if compiled(OUTSIDE).search(node) and compiled(IN_STEP).search(sighting.text):
        return Reading(
            fields=fields,
            cause=Cause.LABEL_LOSS_MISMATCH,
            confidence=Confidence.LIKELY,
            candidates=(INPUTS,),
        )
    return Reading(fields=fields)


TO_TEXT = Reading(
    seen="Numbers ({dtype}) are to become text, which a cast cannot do.",
    why="A part of the model that takes strings, such as a text encoder, is given numbers: two "
    "inputs are swapped, or the text was made numbers before.",
    fix="Give that input the raw strings (dtype=tf.string); where text is really wanted, use "
    "tf.strings.as_string.",
)
INPUTS = Candidate(
    cause=Cause.DTYPE_MISMATCH, check="If y holds numbers: look for text among the inputs."
)

RULE = Rule(
    code="LOG439",
    name="string-computed-with",
    cause=Cause.DTYPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(rf"Cast string to {named('wanted')} is not supported"),
        Pattern(rf"Cast {named('dtype')} to (?P<wanted>string) is not supported"),
        Pattern(rf"Unsupported cast from string to {named('wanted')}"),
    ),
    read=read,
    yields_to=("label-loss-mismatch",),
    seen=(
        "Text is to become {wanted}[ at the node {node}], and TensorFlow does not read numbers in "
        "text."
    ),
    why=(
        "The data holds strings where the model computes: text columns, paths, or numbers that "
        "were "
        "read as text."
    ),
    fix=(
        "Turn text into numbers before the model: x.astype('float32') or tf.strings.to_number "
        "where "
        "it is numbers, StringLookup or TextVectorization where it is words."
    ),
    candidates=(
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="If y.dtype is object or <U…: the labels are the text; number the classes.",
        ),
        Candidate(cause=Cause.DATA_PIPELINE, check="Print one batch: next(iter(dataset))."),
    ),
    source="tensorflow/core/kernels/cast_op.cc",
    hits=(
        "Node: 'encoder/Cast'\nCast float to string is not supported\n\t [[{{node "
        "encoder/Cast}}]] [Op:__inference_train_function_71]\n",
        "UnimplementedError: Graph execution error:\n\nDetected at node 'm/Cast' defined at (most "
        "recent call last):\nNode: 'm/Cast'\nCast string to float is not supported\n\t [[{{node "
        "m/Cast}}]] [Op:__inference_train_function_88]\n",
    ),
    misses=(
        "UnimplementedError:  Cast string to float is not supported\n\t [[node "
        "binary_crossentropy/Cast (defined at t.py:3) ]] [Op:__inference_train_function_5]\n",
    ),
)
