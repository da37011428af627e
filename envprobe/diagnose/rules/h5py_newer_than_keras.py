"""An old Keras reads a model file with h5py 3."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG642",
    name="h5py-newer-than-keras",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"'(?P<object>str|bytes)' object has no attribute '(?P<name>decode)'",
            before=(r"keras|h5py|hdf5|load_model|load_weights|saving",),
        ),
        Pattern(r"'(?P<object>str)' object has no attribute '(?P<name>decode)'\s*$"),
        Pattern(r"module 'h5py' has no attribute '(?P<name>\w+)'"),
        Pattern(r"cannot import name '?(?P<name>\w+)'? from 'h5py"),
        Pattern(
            r"`?(?:load_model|save_model|save_weights)`? (?:using h5 format )?requires "
            r"(?P<name>"
            r"h5py)",
            anchors=(" requires h5py", "format requires h5py"),
        ),
        Pattern(r"Filepath looks like a hdf5 file but (?P<name>h5py) is not available"),
        Pattern(r"Missing optional dependency '(?P<name>h5py)'"),
    ),
    seen="Keras and the installed h5py do not fit[: {name}].",
    why="h5py 3 hands texts out as str where h5py 2 gave bytes. Keras before TensorFlow 2.4 "
    "decodes them again and fails; without h5py no .h5 file can be read.",
    fix="pip install 'h5py<3' for TensorFlow up to 2.3, or upgrade TensorFlow to 2.4 or newer. "
    "Where h5py is missing: pip install h5py, then restart Python.",
    source="tensorflow/python/keras/saving/hdf5_format.py",
    hits=(
        '  File "/opt/v/lib/python3.7/site-packages/tensorflow_core/python/keras/saving/hdf5_format'
        '.py", line 166, in load_model_from_hdf5\n    model_config = json.loads(model_config.'
        "decode('utf-8'))\nAttributeError: 'str' object has no attribute 'decode'\n",
    ),
    misses=("AttributeError: 'list' object has no attribute 'decode'\n",),
)
