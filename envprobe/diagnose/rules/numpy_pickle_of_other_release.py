"""A file of pickled arrays was written by another generation of NumPy."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG616",
    name="numpy-pickle-of-other-release",
    cause=Cause.NUMPY_ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"No module named '?(?P<module>numpy\._core)(?:\.\w+)?'?"),
        Pattern(r"<class '(?P<module>numpy\.random\.[\w.]+)'> is not a known BitGenerator module"),
        Pattern(
            r"Object arrays cannot be loaded when allow_pickle=False",
            before=(r"keras[/\\](?:src[/\\])?datasets[/\\]|(?:imdb|reuters)\.load_data",),
        ),
        Pattern(r"Can't get attribute '(?P<module>\w+)' on <module 'numpy[\w.]*'"),
    ),
    seen="Pickled NumPy objects of another release cannot be read[: {module}].",
    why="NumPy 2 renamed numpy.core to numpy._core, so that pickles of arrays written there "
    "cannot be read by NumPy 1. Since 1.16.3 np.load refuses pickled objects unless it is told "
    "to take them, which older Keras data sets did not do.",
    fix="Read the file with the NumPy generation that wrote it (pip install --upgrade 'numpy>=2' "
    "for numpy._core) or write it anew with np.savez. For Keras' own data sets upgrade Keras, or "
    "pip install 'numpy<1.16.3' beside an old one.",
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="The file is your own: load it with allow_pickle=True if you trust it.",
        ),
    ),
    source="numpy/lib/npyio.py",
    hits=(
        'Traceback (most recent call last):\n  File "eval.py", line 12, in <module>\n    d = '
        "pickle.load(f)\nModuleNotFoundError: No module named 'numpy._core'\n",
    ),
    misses=("ValueError: Object arrays cannot be loaded when allow_pickle=False\n",),
)
