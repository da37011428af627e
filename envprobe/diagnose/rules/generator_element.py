"""A generator or Python function yields something else than was declared for it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

SHAPE = r"[(\[][0-9?, None]*[)\]]"

RULE = Rule(
    code="LOG517",
    name="generator-element",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"[Gg]enerator`? yielded an element of shape (?P<found>"
            + SHAPE
            + r") where an element of "
            r"shape (?P<expected>" + SHAPE + r") was expected",
            anchors=("yielded an element of shape ",),
        ),
        Pattern(
            r"`generator` yielded an element that (?:did not match the expected structure|could "
            r"not be "
            r"converted to the expected type)\. The expected (?:structure|type) was "
            r"(?P<expected>.*?), but "
            r"the yielded element was (?P<found>.*)"
        ),
        Pattern(
            r"`generator` yielded an element of type (?P<found>\S+) where an element of type "
            r"(?P<expected>\S+) was expected"
        ),
        Pattern(
            r"(?:he generator must (?:return|yield) a tuple|utput of generator should be a tuple)",
            anchors=("he generator must ", "utput of generator should be"),
        ),
        Pattern(r"PyDataset\.__getitem__\(\) must return a tuple or a dict"),
        Pattern(
            r"pyfunc_(?P<index>[0-9]+) returns (?P<found>[0-9]+) values, but expects to see "
            r"(?P<expected>[0-9]+) values"
        ),
        Pattern(
            r"[0-9]+-th value returned by pyfunc_(?P<index>[0-9]+) is (?P<found>\S+), but expects "
            r"(?P<expected>\S+)"
        ),
        Pattern(
            r"Data is expected to be in format `x`, `\(x,\)`, `\(x, y\)`, or `\(x, y, "
            r"sample_weight\)`"
        ),
        Pattern(
            r"(?:map|flat_map|interleave)[^{]{0,40}(?:function|func|_fn)`? must return a `?Dataset"
        ),
        Pattern(
            r"`?output_shapes`? .*(?:is not compatible|must match|incompatible) "
            r".*(?:generator|dataset)"
        ),
        Pattern(
            r"`?(?:x|y)`? argument is not supported when (?:using|data is)",
            anchors=("argument is not supported when ",),
        ),
        # The same, where the log ends within the message.
        Pattern(r"yielded an element of shape (?P<found>" + SHAPE + r") where an element of"),
    ),
    yields_to=("dtype-mismatch",),
    seen="The generator does not give what was declared[: {found} for {expected}].",
    why="from_generator, numpy_function and Keras' generators need every element in the structure, "
    "dtypes and shapes that were declared; a shorter last batch, a list for a tuple or a missing "
    "label breaks it.",
    fix="Take some elements by hand and print their structure and shapes. Correct output_signature "
    "(None for sizes that change), yield tuples (inputs, targets), and convert lists to numpy "
    "arrays of one dtype.",
    candidates=(
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Are all elements of one shape, and only the declared one wrong?",
        ),
        Candidate(
            cause=Cause.DTYPE_MISMATCH,
            check="Do only the dtypes differ?",
        ),
    ),
    source="tensorflow/python/data/ops/from_generator_op.py",
    hits=(
        "InvalidArgumentError: TypeError: `generator` yielded an element of shape (24, 24) where "
        "an "
        "element of shape (24, 24, 1) was expected.\nTraceback (most recent call last):\n",
        "TypeError: `generator` yielded an element that did not match the expected structure. The "
        "expected structure was (tf.float32, tf.int64), but the yielded element was [1.0].\n",
    ),
    misses=(
        '    raise TypeError(f"`generator` yielded an element of shape {a} where an element of '
        'shape {b} was expected.")\n',
    ),
)
