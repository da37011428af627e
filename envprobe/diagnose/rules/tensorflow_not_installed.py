"""The Python that runs has no TensorFlow."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG622",
    name="tensorflow-not-installed",
    cause=Cause.TF_NOT_INSTALLED,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"No module named '?\"?(?P<module>tensorflow|tensorflow_core|tensorflow_cpu|"
            r"tensorflow_gpu|tflite_runtime(?:\.\w+)?|keras|tensorboard|Tensorflow|TensorFlow)"
            r"'?\"?\.?\s*$"
        ),
        Pattern(
            r"No module named '?(?P<module>tensorflow_(?:hub|text|addons|io|datasets|"
            r"probability|model_optimization|transform|federated|graphics|estimator))'?"
        ),
        Pattern(r"PackageNotFoundError: No package metadata was found for (?P<module>tensorflow)"),
        Pattern(r"The '(?P<module>tensorflow)[^']*' distribution was not found"),
        Pattern(r"Package\(s\) not found: (?P<module>tensorflow\S*)"),
        Pattern(
            r"(?P<module>tensorflow) is not installed\b(?:, please)?",
            anchors=("tensorflow is not installed",),
        ),
        Pattern(r"requires the (?P<module>TensorFlow) library but it was not found"),
        Pattern(
            r"None of (?:PyTorch, TensorFlow|\"?(?P<module>TensorFlow) >= 2\.0)[^{]* "
            r"(?:have|has"
            r") been found",
            anchors=("None of PyTorch, Tensor", "TensorFlow >= 2.0"),
        ),
    ),
    yields_to=(
        "own-file-shadows-tensorflow",
        "tensorflow-wheel-not-found",
        "wheel-for-another-platform",
        "tensorflow-install-failed",
    ),
    seen="This Python has no module[ {module}].",
    why="The package is not installed in the environment whose Python runs the program; a "
    "notebook's kernel, an editor or sudo often start another Python than the one pip installed "
    "into. Keras alone does not bring TensorFlow, nor TensorFlow 2.0 to 2.5 the package keras.",
    fix="Run python -m pip install tensorflow with the very python that fails (in a notebook: "
    "%pip install tensorflow, then restart the kernel) and compare sys.executable. Where only "
    "keras is missing, write from tensorflow import keras.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="pip show tensorflow finds it: the module asked for is of another release.",
        ),
    ),
    source="tensorflow.org/install/pip",
    hits=(
        'Traceback (most recent call last):\n  File "fit.py", line 1, in <module>\n    import '
        "tensorflow as tf\nModuleNotFoundError: No module named 'tensorflow'\n",
        "ImportError: No module named tensorflow\n",
    ),
    misses=(
        "ModuleNotFoundError: No module named 'tensorflow.contrib'\n",
        "ModuleNotFoundError: No module named 'xformers'\n",
    ),
)
