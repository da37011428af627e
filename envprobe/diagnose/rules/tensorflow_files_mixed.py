"""TensorFlow's own modules do not find each other's names: its folder mixes releases."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._import_site import import_site
from envprobe.diagnose.rules._imports import INSIDE, MISSING_NAMES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Only where TensorFlow itself makes the import, of a module of its own."""
    site = import_site(sighting)
    module = sighting.fields.get("module", "tensorflow")
    inside = site in INSIDE and module.startswith("tensorflow")
    return Reading() if inside else None


RULE = Rule(
    code="LOG630",
    name="tensorflow-files-mixed",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        *MISSING_NAMES,
        Pattern(
            r"No module named '?(?P<module>tensorflow\.(?:python|core|compiler|lite|compat|"
            r"_api|security|tsl|dtensor)(?:\.[\w.]+)?)'?"
        ),
        Pattern(
            r"partially initialized module '(?P<module>tensorflow[\w.]*)' has no attribute "
            r"'(?P<name>\w+)'"
        ),
        Pattern(r"module '(?P<module>tensorflow\.python[\w.]*)' has no attribute '(?P<name>\w+)'"),
        Pattern(r"NameError: name '(?P<name>_\w+|tf_export|\w+_pb2)' is not defined"),
    ),
    yields_to=(
        "own-file-shadows-tensorflow",
        "protobuf-abi-mismatch",
        "numpy-abi-mismatch",
        "dll-load-failed",
        "visual-cpp-runtime-missing",
    ),
    read=read,
    seen="A module of TensorFlow's own lacks what another one imports[: {name}][ from {module}].",
    why="The installed folder holds files of two releases: an upgrade while a notebook had it "
    "open, pip over conda, two TensorFlow packages (tensorflow, tf-nightly, tensorflow-cpu) in "
    "one folder, or a disk that was full.",
    fix="pip uninstall -y tensorflow tensorflow-cpu tensorflow-gpu tensorflow-intel tf-nightly "
    "tensorflow-estimator keras, delete what is left of site-packages/tensorflow*, restart, and "
    "install once: pip install --no-cache-dir tensorflow. A fresh environment is surest.",
    candidates=(
        Candidate(cause=Cause.TF_NOT_INSTALLED, check="The folder lacks files: install again."),
    ),
    source="tensorflow/python/__init__.py",
    hits=(
        'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\n  File "/opt/v/'
        'lib/python3.8/site-packages/tensorflow/python/keras/layers/__init__.py", line 146, in '
        "<module>\n    from tensorflow.python.keras.layers.core import Dense\nImportError: cannot "
        "import name 'Dense' from 'tensorflow.python.keras.layers.core' (/opt/v/lib/core.py)\n",
    ),
    misses=(
        'Traceback (most recent call last):\n  File "/home/ann/net.py", line 4, in <module>\n    '
        "from keras.layers.merge import concatenate\nImportError: cannot import name 'concatenate' "
        "from 'keras.layers.merge' (/opt/v/lib/python3.8/site-packages/keras/layers/merge.py)\n",
    ),
)
