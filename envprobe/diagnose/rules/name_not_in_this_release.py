"""A name is imported that the installed TensorFlow or Keras does not have."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._import_site import OWN, import_site
from envprobe.diagnose.rules._imports import INSIDE, KERAS, MISSING_NAMES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """By who imports: the user's code, Keras, or another package."""
    site, module = import_site(sighting), sighting.fields.get("module", "")
    if site in INSIDE and module.startswith("tensorflow"):
        return None
    if site in KERAS or (module.startswith("keras") and site in INSIDE):
        return Reading(why=KERAS_WHY, fix=KERAS_FIX)
    if site and site != OWN:
        return Reading(fields={"package": site}, fix=PACKAGE_FIX)
    return Reading()


KERAS_WHY = (
    "Keras and TensorFlow are of releases that do not belong together. Up to 2.15 each TensorFlow "
    "takes the Keras of its own number; from 2.16 on it takes Keras 3."
)
KERAS_FIX = (
    "pip install 'keras==<TensorFlow's major.minor>.*' for TensorFlow up to 2.15 (2.13 takes "
    "keras 2.13), 'keras>=3' from 2.16 on. Remove a second keras (keras-nightly, conda's)."
)
PACKAGE_FIX = (
    "Upgrade {package} to a release for this TensorFlow and Keras, or install the releases that "
    "{package} asks for (pip show {package}; pip check)."
)

RULE = Rule(
    code="LOG631",
    name="name-not-in-this-release",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=MISSING_NAMES,
    yields_to=(
        "own-file-shadows-tensorflow",
        "protobuf-abi-mismatch",
        "numpy-abi-mismatch",
        "tensorflow-files-mixed",
        "dll-load-failed",
        "visual-cpp-runtime-missing",
        "module-not-in-this-release",
        "package-older-than-python",
    ),
    read=read,
    seen="The name {name}[ of {module}] is not in the installed release[; {package} imports it].",
    why="Names move and go from release to release: standalone Keras, tf.keras and Keras 3 keep "
    "their layers, optimizers and utilities in different places, and everything below "
    "tensorflow.python is private.",
    fix="Import from the public place (from tensorflow.keras.layers import ..., from "
    "tensorflow.keras.utils import to_categorical), or install the release that the code was "
    "written for.",
    candidates=(
        Candidate(
            cause=Cause.TF_NOT_INSTALLED,
            check="Files of the package are missing: a fresh installation works.",
        ),
    ),
    source="tensorflow.org/guide/migrate, keras.io/guides/migrating_to_keras_3",
    hits=(
        'Traceback (most recent call last):\n  File "/home/ann/net.py", line 4, in <module>\n    '
        "from keras.utils import multi_gpu_model\nImportError: cannot import name 'multi_gpu_model'"
        " from 'keras.utils' (/opt/v/lib/python3.9/site-packages/keras/utils/__init__.py)\n",
        "ImportError: cannot import name 'dtensor' from 'tensorflow.compat.v2.experimental' "
        "(/opt/v/lib/python3.9/site-packages/tensorflow/_api/v2/compat/v2/experimental.py)\n",
    ),
    misses=(
        "ImportError: cannot import name 'helper' from 'project.tools' (/home/ann/tools.py)\n",
    ),
)
