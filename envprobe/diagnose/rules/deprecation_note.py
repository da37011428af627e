"""Something still works and will be removed in a later release."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG810",
    name="deprecation-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"is deprecated and will be removed (?:in|after) "),
        Pattern(r"The name tf\.[\w.]+ is deprecated\. Please use"),
        Pattern(r"The TensorFlow contrib module will not be included in TensorFlow 2\.0"),
        Pattern(r"DeprecationWarning: "),
        Pattern(r"PendingDeprecationWarning: "),
        Pattern(r"Passing \(type, 1\) or '1type' as a synonym of type is deprecated"),
        Pattern(r"FutureWarning: "),
        Pattern(r"Instructions for updating:"),
        Pattern(r"`?lr`? argument is deprecated", anchors=("argument is deprecated",)),
        Pattern(r"You are saving your model as an HDF5 file"),
        Pattern(r"save_format` argument is deprecated"),
        Pattern(r"`Model\.(?:fit|predict|evaluate)_generator` is deprecated"),
        Pattern(r"runs slowly on M1/M2 Macs"),
        Pattern(r"Do not pass an `input_(?:shape|dim)`"),
        Pattern(r"TensorFlow Addons \(TFA\) has ended development"),
        Pattern(r"Argument `?\w+`? is deprecated"),
        Pattern(r"NotOpenSSLWarning: "),
        Pattern(r"np\.\w+` is a deprecated alias for the builtin"),
        Pattern(r"UserWarning: .*will be removed in", anchors=("will be removed in",)),
        Pattern(r"pkg_resources is deprecated as an API"),
        Pattern(r"SavedModel saved prior to TF 2\.5 detected"),
        Pattern(r"falling back to the legacy Keras optimizer"),
        Pattern(r"Protobuf gencode version \S+ is exactly one major version older"),
        Pattern(r"RuntimeWarning: numpy\.\w+ size changed"),
        Pattern(r"non-resource variables are not supported in the long term"),
        Pattern(r"A NumPy version >=[0-9.]+ and <[0-9.]+ is required for this version of SciPy"),
    ),
    seen="Something is deprecated, and still works.",
    why="The warning is for the release that will remove it.",
    fix="Nothing to do now; change the code before the next upgrade.",
    source="tensorflow/python/util/deprecation.py",
    hits=(
        "WARNING:tensorflow:From a.py:3: The name tf.ConfigProto is deprecated. Please use "
        "tf.compat.v1.ConfigProto instead.\n",
        "/opt/v/lib/python3.9/site-packages/keras/optimizers.py:37: UserWarning: The `lr` "
        "argument is deprecated, use `learning_rate` instead.\n",
    ),
    misses=(
        "ValueError: decay is deprecated in the new Keras optimizer, please check the docstring "
        "for valid arguments\n",
    ),
)
