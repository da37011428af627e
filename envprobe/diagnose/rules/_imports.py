"""Import errors of names in TensorFlow, Keras and the packages around them."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern

_PACKAGE = (
    r"(?:tensorflow|tensorflow_core|tensorflow_\w+|keras|keras_\w+|tf_keras|tf_slim|tf_agents|"
    r"tensorboard|object_detection|official|transformers|optree|absl|gast|astunparse|wrapt)"
)
MISSING_NAMES = (
    Pattern(
        r"cannot import name '?\"?(?P<name>\w+)'?\"? from (?:partially initialized module )?"
        rf"'(?P<module>{_PACKAGE}(?:\.[\w.]+)?)'"
    ),
    # Python 3.6 and older do not say where from.
    Pattern(
        r"cannot import name '?(?P<name>\w+)'?\s*$",
        before=(r"(?:site|dist|local)-packages[/\\](?:tensorflow|keras|tf_)|"
                r"(?:from|import) (?:tensorflow|keras|tf_)",),
    ),
)  # fmt: skip
INSIDE = ("tensorflow", "tensorflow_core", "tensorflow_estimator", "tensorflow_intel")
KERAS = ("keras", "tf_keras", "keras_preprocessing", "keras_applications")
