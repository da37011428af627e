"""A file or folder of the user's own is imported in TensorFlow's place."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG627",
    name="own-file-shadows-tensorflow",
    cause=Cause.TF_NOT_INSTALLED,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"No module named '?(?P<module>(?:tensorflow|keras)[\w.]*)'?; '(?:tensorflow|keras)' "
            r"is not a package"
        ),
        Pattern(
            r"partially initialized module '(?P<module>tensorflow|keras)' .*\((?P<file>[^()]*"
            r"[/\\](?:tensorflow|keras)\.py)\)"
        ),
        Pattern(
            r"File \"(?P<file>[^\"]*[/\\](?P<module>tensorflow|keras)\.py)\", line [0-9]+, in "
            r"<module>",
            after=(r"ImportError|AttributeError|ModuleNotFoundError",),
        ),
        Pattern(r"Do not import (?P<module>tensorflow) from its source directory"),
        Pattern(r"module 'tensorflow' \(namespace\) has no attribute"),
        Pattern(
            r"cannot import name '?\w+'? from '(?P<module>tensorflow|keras)' \((?:unknown "
            r"location|<unknown module name>)\)",
            anchors=("(unknown location)", "(<unknown module name>)"),
        ),
        Pattern(
            r"consider renaming '(?P<file>[^']*[/\\](?P<module>tensorflow|keras)\.py)' since it "
            r"has "
            r"the same name"
        ),
        Pattern(r"<module '(?P<module>tensorflow|keras)' \(namespace\)>"),
    ),
    seen="Python finds something else under the name[ {module}][: {file}].",
    why="Python takes the first tensorflow or keras on its path: a script of that name, a folder "
    "left behind by a removed installation, or TensorFlow's source tree.",
    fix="Rename your file (and delete its .pyc), start Python in another folder, or delete the "
    'empty folder in site-packages and install again. python -c "import tensorflow; '
    'print(tensorflow.__path__)" shows what is found.',
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="The path is inside site-packages: the installation mixes releases.",
        ),
    ),
    source="tensorflow/python/platform/self_check.py",
    hits=(
        'Traceback (most recent call last):\n  File "/home/ann/tensorflow.py", line 1, in '
        "<module>\n"
        "    import tensorflow as tf\nAttributeError: partially initialized module 'tensorflow' "
        "has "
        "no attribute 'constant' (most likely due to a circular import)\n",
        "ModuleNotFoundError: No module named 'tensorflow.keras'; 'tensorflow' is not a package\n",
    ),
    misses=("ModuleNotFoundError: No module named 'tensorflow.contrib'\n",),
)
