"""A library that TensorFlow loads needs a newer glibc than this system has."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    found = blames(examination, "glibc")
    if found:
        who = found[3] or "a library of TensorFlow"
        has = examination.inventory.host.libc or "an older one"
        yield Seen(seen=f"{who} needs {found[2].replace('_', ' ')}, this system has {has}")


RULE = Rule(
    code="DOC607",
    name="glibc-older-than-needed",
    severity=Severity.ERROR,
    why="glibc comes with the distribution and cannot be replaced beside it. The wheel was not "
    "made for this system: pip was told another platform, or files were copied from another one.",
    fix="Use a newer distribution or a container, or a TensorFlow whose wheel is made for this "
    "glibc (2.17 is enough up to TensorFlow 2.20).",
    source="https://peps.python.org/pep-0600/",
    detect=_detect,
    hits=(
        lambda: failing(
            "ImportError: /lib64/libm.so.6: version `GLIBC_2.27' not found (required by "
            "/venv/lib/python3.11/site-packages/tensorflow/libtensorflow_cc.so.2)"
        ),
    ),
    misses=(
        lambda: failing(
            "ImportError: /opt/conda/lib/libstdc++.so.6: version `GLIBCXX_3.4.29' not found "
            "(required by /venv/lib/python3.11/site-packages/h5py/defs.so)"
        ),
    ),
)
