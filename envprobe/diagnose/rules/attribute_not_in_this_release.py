"""A name of TensorFlow's or Keras' is used that the installed release does not have."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._import_site import OWN, import_site
from envprobe.diagnose.rules._names_of_tensorflow_one import NAMES_OF_TENSORFLOW_ONE
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_ALWAYS_TEXT = (
    "__version__ constant Variable float32 int32 string Graph shape reshape matmul reduce_mean "
    "reduce_sum zeros ones cast concat stack Tensor bool uint8 float16 zeros_like name_scope"
)
# Every release has these: where one is missing, what was imported is not TensorFlow.
_ALWAYS = frozenset(_ALWAYS_TEXT.split())


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """Whether the name is one of TensorFlow 1, and who asks for it."""
    name, module = sighting.fields["name"], sighting.fields.get("module", "")
    site = import_site(sighting)
    fields = {"package": site} if site and site not in (OWN, "tensorflow") else {}
    if module == "tensorflow" and name in _ALWAYS:
        return Reading(cause=Cause.TF_NOT_INSTALLED, why=BROKEN_WHY, fix=BROKEN_FIX)
    if name == "contrib":
        return Reading(why=TF1_WHY, fix=CONTRIB_FIX, confidence=Confidence.CERTAIN, fields=fields)
    if module.startswith("tensorflow") and name in NAMES_OF_TENSORFLOW_ONE:
        return Reading(why=TF1_WHY, fix=TF1_FIX, confidence=Confidence.CERTAIN, fields=fields)
    return Reading(fields=fields)


TF1_WHY = "{name} is TensorFlow 1's; TensorFlow 2 keeps such names only in tf.compat.v1, or not."
TF1_FIX = (
    "Write import tensorflow.compat.v1 as tf and tf.disable_v2_behavior(), or tf.compat.v1.{name} "
    "at that place; the script tf_upgrade_v2 rewrites files. Otherwise install TensorFlow 1.15 "
    "(Python 3.7 or older)."
)
CONTRIB_FIX = (
    "tf.contrib ended with TensorFlow 2.0. Its parts live on in tensorflow_addons, tf_slim and "
    "tensorflow_probability, or in Keras; or run the code with TensorFlow 1.15 (Python 3.7)."
)
BROKEN_WHY = (
    "Every TensorFlow has {name}: what was imported is an empty folder left behind, a file of your "
    "own named tensorflow.py, or a broken installation."
)
BROKEN_FIX = (
    "Print tensorflow.__path__: rename a file of your own, or delete the folder and install "
    "TensorFlow again in a fresh environment."
)

_MODULES = (
    r"(?:tensorflow|tensorflow_core|tensorflow_\w+|keras|keras_\w+|tf_keras|tensorboard)"
    r"(?:\.[\w.]+)?"
)

RULE = Rule(
    code="LOG633",
    name="attribute-not-in-this-release",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(rf"module '(?P<module>{_MODULES})' has no attribute '(?P<name>\w+)'"),
        Pattern(
            r"'module' object has no attribute '(?P<name>\w+)'",
            before=(r"\btf\.|tensorflow|keras",),
        ),
        Pattern(rf"type object '(?P<module>{_MODULES})' has no attribute '(?P<name>\w+)'"),
        Pattern(r"`(?P<name>get_session|[\w.]+)` is not available when using TensorFlow 2\.0"),
    ),
    yields_to=(
        "own-file-shadows-tensorflow",
        "tensorflow-files-mixed",
        "protobuf-abi-mismatch",
        "numpy-abi-mismatch",
        "tensorflow-not-installed",
    ),
    read=read,
    seen="The installed release has no {name}[ in {module}][; {package} asks for it].",
    why="The code was written for another release: TensorFlow 2 moved and dropped names of 1.x, "
    "Keras 3 those of Keras 2, and a new name is missing in an old release.",
    fix='Look the name up for your release (python -c "import tensorflow as tf; '
    'print(tf.__version__)"), upgrade the package that uses it, or install the release that the '
    "code was written for. Keras up to 2.15 must have TensorFlow's number.",
    candidates=(
        Candidate(cause=Cause.TF_NOT_INSTALLED, check="tensorflow.__path__ is not the package."),
    ),
    source="tensorflow/tools/compatibility/renames_v2.py",
    hits=(
        'Traceback (most recent call last):\n  File "gan.py", line 31, in <module>\n    x = '
        "tf.place"
        "holder(tf.float32)\nAttributeError: module 'tensorflow' has no attribute 'placeholder'\n",
        "AttributeError: module 'keras.backend' has no attribute 'get_session'\n",
        "AttributeError: module 'tensorflow._api.v2.train' has no attribute 'AdamOptimizer'\n",
    ),
    misses=(
        "AttributeError: module 'numpy' has no attribute 'object'\n",
        "AttributeError: module 'cv2' has no attribute 'imread'\n",
    ),
)
