"""jax and jaxlib (or ml_dtypes) in TensorFlow's environment do not fit each other."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG656",
    name="jax-releases-differ",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"jaxlib is version (?P<found>[0-9.]+\w*), but this version of jax requires "
            r"version "
            r"(?P<needed>[<>=]+ ?[0-9][\w.]*)"
        ),
        Pattern(
            r"jaxlib version (?P<found>[0-9.]+\w*) is newer than and incompatible with jax "
            r"version (?P<needed>[0-9.]+\w*)"
        ),
        Pattern(r"module 'ml_dtypes' has no attribute '(?P<missing>\w+)'"),
        Pattern(r"cannot import name '?(?P<missing>\w+)'? from '(?:ml_dtypes|jax|jaxlib)[\w.]*'"),
        Pattern(r"module '(?:jax|jaxlib)[\w.]*' has no attribute '(?P<missing>\w+)'"),
        Pattern(r"No module named '?(?P<missing>jaxlib|jax\.\w+(?:\.\w+)*|ml_dtypes\.\w+)'?"),
        Pattern(r"type object '(?:ml_dtypes[\w.]*)' has no attribute '(?P<missing>\w+)'"),
    ),
    yields_to=("numpy-abi-mismatch",),
    seen="jax, jaxlib and ml_dtypes are of releases that do not fit[: {missing} is missing][: "
    "{found} with {needed}].",
    why="TensorFlow, JAX and Keras share ml_dtypes and each asks for its own range. One of them "
    "was upgraded without the others.",
    fix="pip install --upgrade jax jaxlib ml_dtypes together, or remove jax where nothing needs "
    "it (pip uninstall jax jaxlib). pip check names the bounds that TensorFlow sets for "
    "ml_dtypes.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="pip show tensorflow asks for another ml-dtypes than is installed.",
        ),
        Candidate(cause=Cause.NUMPY_ABI_MISMATCH, check="pip check names numpy."),
    ),
    source="jax/_src/lib/__init__.py",
    hits=(
        "RuntimeError: jaxlib version 0.4.34 is newer than and incompatible with jax version "
        "0.4.26. Please update your jax and/or jaxlib packages.\n",
        "AttributeError: module 'ml_dtypes' has no attribute 'float4_e2m1fn'\n",
    ),
    misses=("ModuleNotFoundError: No module named 'jaxtyping'\n",),
)
