"""A package that was compiled for NumPy 1 is imported beside NumPy 2."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._import_site import import_site
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# The numpy that is printed stands on the line behind.
_FOUND = r"NumPy (?P<found>2\.[0-9]+\.[0-9]+\w*) as it may crash"


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """NumPy's version, and whose module it is; the import's own error ends the run."""
    around = f"{sighting.before[-3000:]}\n{sighting.text}"
    found = compiled(_FOUND).search(around)
    package = import_site(sighting)
    fields = {
        "found": str(found.group("found")) if found else None,
        "package": package if package not in (None, "numpy", "your code") else None,
    }
    ended = "failed to import" in sighting.line.text
    return Reading(
        kind=Kind.FATAL if ended else Kind.SYMPTOM,
        fields={name: value for name, value in fields.items() if value},
    )


RULE = Rule(
    code="LOG610",
    name="numpy-two-loads-older-module",
    cause=Cause.NUMPY_ABI_MISMATCH,
    kind=Kind.SYMPTOM,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"A module that was compiled using NumPy (?P<built>1\.\S+) cannot be run in"),
        Pattern(r"AttributeError: _ARRAY_API not found"),
        Pattern(r"\b_ARRAY_API not found\b"),
        Pattern(r"NumPy (?P<found>2\.[0-9.]+) as it may crash"),
        Pattern(r"numpy\.core\.(?:_multiarray_umath|umath|multiarray) failed to import"),
        Pattern(r"_multiarray_umath failed to import"),
    ),
    yields_to=("numpy-binary-size-differs", "numpy-files-mixed"),
    read=read,
    seen="A module[ of {package}] compiled for NumPy 1 was imported beside NumPy 2[: {found}].",
    why="NumPy 2 changed its binary interface. TensorFlow up to 2.17 and other packages that "
    "were compiled for NumPy 1 cannot be loaded beside it.",
    fix="pip install 'numpy<2' in this environment, or upgrade TensorFlow to 2.18 or newer[ and "
    "{package} to a release for NumPy 2]. Look for a second numpy in the user's folder "
    "(~/.local) as well.",
    source="numpy/core/_multiarray_umath.py (NumPy 2), docs: numpy.org/doc/stable/numpy_2_0_"
    "migration_guide.html",
    hits=(
        "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.0.2 as it may crash. "
        "To support both 1.x and 2.x\nversions of NumPy, modules must be compiled with NumPy 2.0.\n"
        'Traceback (most recent call last):  File "/opt/a.py", line 1, in <module>\n    import '
        'tensorflow as tf\n  File "/opt/v/lib/python3.10/site-packages/tensorflow/__init__.py", '
        "line 38, in <module>\nAttributeError: _ARRAY_API not found\n",
        "ImportError: numpy.core._multiarray_umath failed to import\n",
    ),
    misses=("ModuleNotFoundError: No module named 'numpy.core._multiarray_umath'\n",),
)
