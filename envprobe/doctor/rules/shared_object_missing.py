"""A shared object that TensorFlow is linked with is not found."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, reinstall, said
from envprobe.terms import Severity

MISSING = "cannot open shared object file: No such file or directory"


def _detect(examination: Examination) -> Iterator[Seen]:
    found = blames(examination, "missing_object")
    if not found:
        return
    name = found[1].rpartition("/")[2]
    own = name.startswith("libtensorflow")
    yield Seen(
        seen=said(examination),
        why=f"{name} is TensorFlow's own: files of its folder are missing, or are for another "
        "architecture than this interpreter's."
        if own
        else None,
        fix="Install TensorFlow again, with pip of this interpreter." if own else None,
        command=reinstall(examination) if own else None,
    )


RULE = Rule(
    code="DOC609",
    name="shared-object-missing",
    severity=Severity.ERROR,
    why="This TensorFlow cannot be imported without the library: unlike the official wheels since "
    "2.0 it is linked with it firmly. It is an old one, or one that was built for another machine.",
    fix="Install an official wheel, or the package of the distribution that brings this library; "
    "where it is installed, put its folder on LD_LIBRARY_PATH or run ldconfig.",
    source="https://man7.org/linux/man-pages/man8/ld.so.8.html",
    detect=_detect,
    hits=(
        lambda: failing(f"ImportError: libtensorflow_framework.so.2: {MISSING}"),
        lambda: failing(f"ImportError: libcublas.so.9.0: {MISSING}"),
    ),
    misses=(
        lambda: failing("ImportError: libtensorflow_framework.so.2: wrong ELF class: ELFCLASS32"),
        # What TensorFlow logs of libraries that it can do without is no reason.
        lambda: failing(
            "RuntimeError: something else",
            "2023-01-01 10:00:00.1: W tensorflow/tsl/platform/default/dso_loader.cc:67] Could not "
            f"load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: {MISSING}",
        ),
    ),
)
