"""The HDF5 library in the process is another one than h5py was compiled for."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG657",
    name="hdf5-library-differs",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"HDF5 library version mismatched error"),
        Pattern(r"Headers are (?P<built>1\.[0-9.]+), library is (?P<found>1\.[0-9.]+)"),
    ),
    seen="The HDF5 library that is loaded is not the expected one[: {found} in place of {built}].",
    why="h5py was compiled for one HDF5 and another one was found first: conda's beside pip's, "
    "or the system's.",
    fix="pip uninstall -y h5py && pip install --no-cache-dir h5py, or conda install h5py hdf5 "
    "from one channel. HDF5_DISABLE_VERSION_CHECK=1 only hides it.",
    source="h5py/__init__.py",
    hits=(
        "Warning! ***HDF5 library version mismatched error***\nThe HDF5 header files used to "
        "compile"
        " this application do not match\nthe version used by the HDF5 library.\nHeaders are "
        "1.10.6, "
        "library is 1.12.1\n",
    ),
    misses=("OSError: Unable to open file (file signature not found)\n",),
)
