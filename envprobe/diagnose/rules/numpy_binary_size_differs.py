"""A compiled module was built for another NumPy than the one it meets."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._import_site import OWN, import_site
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The package; as a warning of Cython's it is harmless."""
    text = sighting.line.text
    if "RuntimeWarning" in text or "warnings.warn" in text:
        return None
    package = import_site(sighting)
    named = {"package": package} if package not in (None, OWN, "numpy") else {}
    return Reading(fields={name: value for name, value in named.items() if value})


RULE = Rule(
    code="LOG611",
    name="numpy-binary-size-differs",
    cause=Cause.NUMPY_ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"numpy\.(?P<type>dtype|ufunc|ndarray|broadcast|flatiter|\w+) size changed, may "
            r"indicate binary incompatibility(?:\. Expected (?P<expected>[0-9]+) from C header, "
            r"got (?P<got>[0-9]+) from PyObject)?"
        ),
        Pattern(
            r"module (?:was )?compiled against (?:API|ABI) version (?P<built>[0-9a-fx]+) but this "
            r"version of numpy is (?P<found>[0-9a-fx]+)"
        ),
        Pattern(r"numpy\.\w+ has the wrong size, try recompiling"),
        Pattern(
            r"module was compiled against NumPy C-API version (?P<built>[0-9a-fx]+).*running "
            r"NumPy "
            r"has C-API version (?P<found>[0-9a-fx]+)"
        ),
        Pattern(r"Check failed: PyBfloat16_Type\.tp_base != nullptr"),
        Pattern(r"All ufuncs must have type `numpy\.ufunc`"),
        Pattern(
            r"A NumPy version (?P<wanted>>=?[0-9.]+(?: and <=?[0-9.]+)?) is required for this "
            r"version of \w+ \(detected version (?P<found>[0-9.]+)\).*Error"
        ),
        Pattern(r"Numba needs NumPy (?P<wanted>[0-9.]+ or (?:less|greater))"),
    ),
    read=read,
    seen="[{package}: ]a compiled module does not fit the installed NumPy[: numpy.{type} has "
    "{got} bytes, {expected} were expected][: built for interface {built}, found {found}].",
    why="A module that was compiled against one NumPy meets another one whose structures have "
    "other sizes: NumPy was up- or downgraded after the package was installed, or another NumPy "
    "stands earlier on the path.",
    fix="Upgrade NumPy where the module is newer (pip install --upgrade numpy), or reinstall[ "
    "{package}] the package that fails (pip install --force-reinstall --no-cache-dir). Keep "
    "NumPy within what TensorFlow asks for: pip check.",
    candidates=(
        Candidate(
            cause=Cause.ABI_MISMATCH,
            check='python -c "import numpy; print(numpy.__file__, numpy.__version__)" is the '
            "NumPy you expect: the other package is broken.",
        ),
    ),
    source="numpy/core/code_generators/generate_numpy_api.py",
    hits=(
        'Traceback (most recent call last):\n  File "/opt/v/lib/python3.9/site-packages/h5py/'
        '__init__.py", line 33, in <module>\nValueError: numpy.dtype size changed, may indicate '
        "binary incompatibility. Expected 96 from C header, got 88 from PyObject\n",
        "RuntimeError: module compiled against API version 0xf but this version of numpy is 0xd\n",
    ),
    misses=(
        "<frozen importlib._bootstrap>:219: RuntimeWarning: numpy.ufunc size changed, may indicate "
        "binary incompatibility. Expected 192 from C header, got 216 from PyObject\n",
    ),
)
