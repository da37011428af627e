"""h5py does not fit the HDF5 library that it loads."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, fitting, said
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if blames(examination, "hdf5"):
        yield Seen(seen=said(examination), command=fitting(examination, "h5py", ""))


RULE = Rule(
    code="DOC613",
    name="hdf5-mismatch",
    severity=Severity.ERROR,
    why="HDF5 ends the process when the library is another one than h5py was compiled for: pip's "
    "h5py meets conda's HDF5, or another one on LD_LIBRARY_PATH. Keras imports h5py.",
    fix="Take h5py and HDF5 from one place: reinstall h5py with pip and take HDF5's folder out of "
    "LD_LIBRARY_PATH, or take both from conda-forge.",
    source="https://docs.h5py.org/en/stable/build.html",
    detect=_detect,
    hits=(
        lambda: failing(
            "SIGABRT; stderr: Warning! ***HDF5 library version mismatched error***",
            kind="crashed",
            signal="SIGABRT",
        ),
        lambda: failing("ModuleNotFoundError: No module named 'h5py'"),
    ),
    misses=(lambda: failing("SIGABRT", kind="crashed", signal="SIGABRT"),),
)
