"""Keras 3 is given a model file or a file name of a form that it does not take."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG635",
    name="keras-three-refuses-file",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"File format not supported: filepath=(?P<file>[^\s,]+?)\.?(?:\s|$)"),
        Pattern(r"File format not supported: *$"),
        Pattern(r"filepath=(?P<file>[^\s,]+?)\.? Keras 3 only supports V3"),
        Pattern(r"^filepath=(?P<file>/[^\s,]+?)\.? *$", after=(r"^Keras 3 only supports",)),
        Pattern(r"Keras 3 only supports V3 `?\.keras`? files"),
        Pattern(r"legacy SavedModel format is not ?$"),
        Pattern(r"SavedModel format is not supported by `?load_model\(\)`? in Keras 3"),
        Pattern(r"The filepath provided must end in `?(?P<needed>\.keras)`? ?"),
        Pattern(r"filename must end in `?(?P<needed>\.weights\.(?:h5|json))`?"),
        Pattern(r"filepath provided must end in `?(?P<needed>\.weights\.h5)`?"),
        Pattern(
            r"Invalid filepath extension for saving\. Please add either a "
            r"`?(?P<needed>\.keras)"
        ),
        Pattern(
            r"The following argument\(s\) are not supported with the native Keras format: "
            r"\[?(?P<argument>[^\]]+)"
        ),
        Pattern(r"(?:ValueError|TypeError).*`?(?P<argument>save_format)`? argument"),
        Pattern(r"`(?P<argument>keras\.optimizers\.legacy)` is not supported in Keras 3"),
        Pattern(r"currently installed version of Keras is Keras 3, but this is not yet supported"),
        Pattern(
            r"(?P<argument>[\w.]+) (?:is|are) not (?:yet )?(?:supported|compatible) "
            r"(?:in|by|with) "
            r"Keras 3",
            anchors=("in Keras 3", "by Keras 3", "with Keras 3"),
        ),
        Pattern(
            r"Unable to (?:synchronously )?open file \(file signature not found\)",
            after=(r"\.keras\b",),
        ),
        Pattern(
            r"Unable to (?:synchronously )?open file \(file signature not found\)",
            before=(r"load_model\([^\n]*\.keras\b",),
        ),
    ),
    seen="Keras 3 does not take this[: {file}][: the name must end in {needed}][: {argument}].",
    why="From TensorFlow 2.16 on tf.keras is Keras 3. It reads and writes .keras and .h5 files, "
    "weights as .weights.h5, and no longer loads SavedModel folders or takes save_format, "
    "options and the legacy optimizers.",
    fix="Load a SavedModel for inference with keras.layers.TFSMLayer(path, "
    "call_endpoint='serving_default') or tf.saved_model.load, save as model.keras, weights as "
    "x.weights.h5. Or keep Keras 2: pip install tf_keras and set TF_USE_LEGACY_KERAS=1 before "
    "TensorFlow is imported.",
    source="keras/src/saving/saving_api.py",
    hits=(
        "ValueError: File format not supported: filepath=/srv/models/42. Keras 3 only supports V3 "
        "`.keras` files and legacy H5 format files (`.h5` extension).\n",
        "ValueError: The filepath provided must end in `.keras` (Keras model format). Received: "
        "filepath=ckpt/best.hdf5\n",
        "ImportError: `keras.optimizers.legacy` is not supported in Keras 3.\n",
    ),
    misses=("WARNING:absl:You are saving your model as an HDF5 file via `model.save()`.\n",),
)
