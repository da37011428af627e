"""NumPy itself cannot be imported: its files are missing or of several releases."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG613",
    name="numpy-files-mixed",
    cause=Cause.NUMPY_ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"cannot import name '?(?P<missing>\w+)'? from (?:partially initialized module )?"
            r"'(?P<module>numpy[\w.]*)'"
        ),
        Pattern(
            r"cannot import name '?(?P<missing>dragon4_positional|dragon4_scientific|"
            r"_multiarray_umath|multiarray|umath|_distributor_init|_ufunc_reconstruct)'?",
            anchors=(
                "dragon4_",
                "_multiarray_umath",
                "name 'multiarray",
                "name multiarray",
                "name 'umath",
                "_distributor_init",
                "_ufunc_reconstruct",
            ),
        ),
        Pattern(
            r"cannot import name '?(?P<missing>\w+)'?$",
            before=(r"[/\\]numpy[/\\]\w+[/\\]?\w*(?:\.py\b|\.pyx?)",),
            anchors=("cannot import name",),
        ),
        Pattern(r"No module named '?(?P<module>numpy\.(?:core|_core)\._?\w+)'?"),
        Pattern(r"Importing the numpy C-extensions failed"),
        Pattern(r"Error importing numpy: you should not try to import numpy from"),
        Pattern(r"you should not try to import numpy from\s*its source directory"),
        Pattern(r"Importing the (?:multiarray )?numpy (?:c-)?extension module failed"),
        Pattern(
            r"numpy[/\\](?:_?core|linalg|random|fft)[/\\]\S+\.(?:so|pyd): undefined symbol",
            anchors=(": undefined symbol",),
        ),
        Pattern(
            r"DLL load failed while importing (?P<module>_multiarray_umath|_umath_linalg|"
            r"mtrand|_mt19937)"
        ),
        Pattern(r"CPU dispatcher tracer already initi?[al]+lized"),
        Pattern(r"cannot load module more than once per process"),
        Pattern(r"RuntimeError: \w+ method already has a docstring"),
        Pattern(
            r"module 'numpy' has no attribute '(?P<missing>ndarray|array|dtype|float32|float64|"
            r"int32|int64|__version__|zeros|random|generic|inexact|ufunc)'"
        ),
        Pattern(r"partially initialized module 'numpy' has no attribute '(?P<missing>\w+)'"),
    ),
    yields_to=(
        "numpy-two-loads-older-module",
        "numpy-name-removed",
        "numpy-pickle-of-other-release",
    ),
    seen="NumPy cannot be imported[: {module}][: it has no {missing}].",
    why="The folder of NumPy holds files of several releases, or the compiled part is of another "
    "Python. It comes from installing with pip over conda, from an upgrade that broke off while "
    "a notebook was using it, or from a file of your own named numpy.py.",
    fix="Close all notebooks, pip uninstall -y numpy until it says that none is installed, "
    "delete what is left in site-packages/numpy*, then install numpy again. Restart the kernel. "
    "A fresh environment is the surest way.",
    candidates=(
        Candidate(cause=Cause.ABI_MISMATCH, check="python -V is not the Python the wheel is for."),
        Candidate(
            cause=Cause.WINDOWS_VC_RUNTIME_MISSING,
            check="On Windows, DLL load failed: install the Visual C++ redistributable.",
        ),
    ),
    source="numpy/core/__init__.py",
    hits=(
        "IMPORTANT: PLEASE READ THIS FOR ADVICE ON HOW TO SOLVE THIS ISSUE!\n\nImporting the numpy "
        "C-extensions failed. This error can happen for\nmany reasons.\n",
        "ImportError: cannot import name 'multiarray' from partially initialized module "
        "'numpy.core' (most likely due to a circular import)\n",
    ),
    misses=(
        "UserWarning: The NumPy module was reloaded (imported a second time). This can in some "
        "cases result in small but subtle issues.\n",
        "ImportError: cannot import name 'load' from 'mydata' (/home/a/mydata.py)\n",
    ),
)
