"""Inputs and targets do not have the same number of samples."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG410",
    name="sample-counts",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Data cardinality is ambiguous[:.]",
            after=(r"'?x'? sizes: ?[0-9]",),
        ),
        Pattern(
            r"Data cardinality is ambiguous[:.].* '?x'? sizes: ?(?P<inputs>[0-9]+).* '?y'? sizes: ?"
            r"(?P<targets>[0-9]+)"
        ),
        Pattern(r"Error: Data cardinality is ambiguous"),
        Pattern(r"Data cardinality is ambiguous\. Make sure all arrays contain the same number"),
        Pattern(
            r"Make sure all arrays contain the same number of samples\.'?x'? sizes: "
            r"(?P<inputs>[0-9]+)"
        ),
        Pattern(
            r"Input arrays should have the same number of samples as target arrays\. Found "
            r"(?P<inputs>[0-9]+) input samples and (?P<targets>[0-9]+) target samples"
        ),
        Pattern(
            r"All (?:input|target|sample_weight) arrays (?:\([xy]\) )?should have the same number "
            r"of samples\. Got array shapes: (?P<shapes>\[[^{]*\])"
        ),
        Pattern(
            r"Found input variables with inconsistent numbers of samples: \[(?P<inputs>[0-9]+), "
            r"(?P<targets>[0-9]+)"
        ),
        Pattern(
            r"`x` \(images tensor\) and `y` \(labels\) should have the same length\. Found: "
            r"x\.shape = (?P<inputs>\([0-9, ]*\)), y\.shape = (?P<targets>\([0-9, ]*\))"
        ),
        Pattern(
            r"Data and targets have to be of same length\. Data length is (?P<inputs>[0-9]+) while "
            r"target length is (?P<targets>[0-9]+)"
        ),
    ),
    seen="The arrays do not have the same number of samples[: {inputs} inputs, {targets} "
    "targets][: {shapes}].",
    why="Keras pairs row by row. A split, a filter or a windowing that was applied to one array "
    "only makes them differ; a list of several inputs passed where one array is wanted is read as "
    "several inputs.",
    fix="Print len() of every array, and apply the same split and filter to all of them. Pass a "
    "single input as one numpy array (np.array(x)), not as a list of samples.",
    candidates=(
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="Are the numbers of rows of x and y equal, and only the axes of y swapped?",
        ),
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Are files missing for some of the labels?",
        ),
    ),
    source="keras/src/trainers/data_adapters/data_adapter_utils.py",
    hits=(
        "ValueError: Data cardinality is ambiguous: x sizes: 900 y sizes: 90 Please provide data\n",
        "ValueError: Data cardinality is ambiguous:\n  x sizes: 731\n  y sizes: 730\nMake sure all "
        "arrays contain the same number of samples.\n",
        "ValueError: Input arrays should have the same number of samples as target arrays. Found "
        "90 input samples and 45 target samples.\n",
        "ValueError: Data cardinality is ambiguous. Make sure all arrays contain the same number "
        "of samples.'x' sizes: 12\n'y' sizes: 10\n",
    ),
    misses=(
        "--> 1 msg = 'Data cardinality is ambiguous:\\n'\n      2 for label, single in zip():\n",
        "Train on 731 samples, validate on 73 samples\n",
    ),
)
