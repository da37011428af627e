"""A module is imported that the installed TensorFlow or Keras does not have."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._import_site import OWN, import_site
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_STEPS = (
    ("tensorflow.contrib", "tf.contrib ended with TensorFlow 2.0: its parts live in "
     "tensorflow_addons, tf_slim and tensorflow_probability, or use TensorFlow 1.15"),
    ("tensorflow.examples", "the tutorials' data went with 2.0: use tf.keras.datasets.mnist"),
    ("tensorflow.python.keras", "that private copy went with 2.16: import from tensorflow.keras"),
    ("tensorflow.keras.wrappers", "use the package scikeras"),
    ("keras.wrappers", "use the package scikeras"),
    ("keras.preprocessing", "use tf.keras.utils (load_img, pad_sequences, "
     "image_dataset_from_directory)"),
    ("keras.utils.np_utils", "from keras.utils import to_categorical"),
    ("keras.utils.vis_utils", "from keras.utils import plot_model"),
    ("keras.layers.", "from keras.layers import the name directly"),
    ("keras.engine", "from keras.layers import Layer, from keras.models import Model"),
    ("keras.backend.tensorflow_backend", "from tensorflow.keras import backend"),
    ("keras.src", "that is Keras 2.13 and newer: the installed Keras is older than the model file "
     "or the caller; pip install --upgrade keras tensorflow"),
    ("tf_keras", "pip install tf_keras in TensorFlow's own release number"),
)  # fmt: skip


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """What took the module's place, and who asks for it."""
    module, site = sighting.fields.get("module", ""), import_site(sighting)
    step = next((to for old, to in _STEPS if module.startswith(old)), None)
    fields = {"step": step} if step else {}
    if site and site not in (OWN, "tensorflow", "keras"):
        fields["package"] = site
    sure = Confidence.CERTAIN if step else Confidence.LIKELY
    return Reading(fields=fields, confidence=sure)


RULE = Rule(
    code="LOG632",
    name="module-not-in-this-release",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"No module named '?\"?(?P<module>(?:tensorflow|keras|tf_keras|tensorflow_core|"
            r"tensorboard|keras_\w+|tensorflow_(?:hub|text|addons|estimator|probability))"
            r"\.[\w.]+)'?\"?"
        ),
        Pattern(
            r"No module named '?\"?(?P<module>tf_keras|keras_preprocessing|keras_applications|"
            r"tf_slim|keras_contrib|keras_core|tensorflow_estimator)'?\"?"
        ),
        Pattern(r"because its parent module (?P<module>[\w.]+) cannot be imported"),
        Pattern(r"module '(?P<module>keras)\.src' could not be found"),
    ),
    yields_to=(
        "own-file-shadows-tensorflow",
        "protobuf-abi-mismatch",
        "numpy-abi-mismatch",
        "tensorflow-files-mixed",
    ),
    read=read,
    seen="The module {module} is not in the installed release[; {package} asks for it].",
    why="TensorFlow 2 dropped and moved modules of TensorFlow 1, and Keras 3 those of Keras 2. "
    "The code was written for another generation than the one installed.",
    fix="[{step}. ]Change the import, upgrade the package that makes it, or install the release "
    "that the code was written for.",
    candidates=(
        Candidate(
            cause=Cause.TF_NOT_INSTALLED,
            check='python -c "import tensorflow; print(tensorflow.__path__)" shows a folder that '
            "is not the installed package.",
        ),
    ),
    source="tensorflow.org/guide/migrate",
    hits=(
        'Traceback (most recent call last):\n  File "old.py", line 2, in <module>\n    import '
        "tensorflow.contrib.slim as slim\nModuleNotFoundError: No module named "
        "'tensorflow.contrib'",
        "ModuleNotFoundError: No module named 'keras.utils.np_utils'\n",
        "TypeError: Could not deserialize class 'Functional' because its parent module "
        "keras.src.models.functional cannot be imported. Full object config: {}\n",
    ),
    misses=(
        "ModuleNotFoundError: No module named 'tensorflow'\n",
        "ModuleNotFoundError: No module named 'matplotlib'\n",
    ),
)
