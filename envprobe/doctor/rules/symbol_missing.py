"""A library lacks a symbol that TensorFlow, or something loaded with it, asks for."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, reinstall
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    found = blames(examination, "undefined_symbol")
    if not found:
        return
    own = "/tensorflow/" in found[1] or found[1].startswith("libtensorflow")
    yield Seen(
        seen=f"{found[1]} asks for {found[2]}, which no loaded library has",
        command=reinstall(examination) if own else None,
    )


RULE = Rule(
    code="DOC618",
    name="symbol-missing",
    severity=Severity.ERROR,
    why="Files of two builds were mixed: one TensorFlow installed over another, custom ops or a "
    "plugin compiled against another release (TensorFlow's C++ interface changes with every one), "
    "or a library of LD_LIBRARY_PATH in front of the right one.",
    fix="Install TensorFlow again; compile custom ops anew against it; unset LD_LIBRARY_PATH.",
    source="https://www.tensorflow.org/guide/create_op",
    detect=_detect,
    hits=(
        lambda: failing(
            "ImportError: /venv/lib/python3.11/site-packages/tensorflow/python/"
            "_pywrap_tensorflow_internal.so: undefined symbol: _ZN10tensorflow6OpDefC1Ev"
        ),
    ),
    misses=(lambda: failing("ImportError: libfoo.so.1: cannot open shared object file"),),
)
