"""On Windows, a DLL that TensorFlow needs is missing or does not start."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, said
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if blames(examination, "windows_runtime"):
        yield Seen(seen=said(examination))


RULE = Rule(
    code="DOC627",
    name="windows-runtime-missing",
    severity=Severity.ERROR,
    why="TensorFlow's wheels for Windows need Microsoft's Visual C++ runtime and a CPU with AVX; "
    "Windows names neither.",
    fix="Install the Visual C++ redistributable 2015-2022 (x64); use 64-bit Python.",
    source="https://www.tensorflow.org/install/pip#windows-native",
    detect=_detect,
    hits=(
        lambda: failing(
            "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: A dynamic "
            "link library (DLL) initialization routine failed."
        ),
    ),
    misses=(lambda: failing("ImportError: libfoo.so.1: cannot open shared object file"),),
)
