"""The libstdc++ that was loaded is older than a library needs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    found = blames(examination, "libstdcxx")
    if not found:
        return
    loaded = found[1].removeprefix("ImportError:").strip()
    conda = "conda" in loaded or "/envs/" in loaded
    yield Seen(
        seen=f"{loaded} has no {found[2]}, which {found[3] or 'a library of TensorFlow'} needs",
        command=_update(loaded.rpartition("/lib/")[0]) if conda else None,
    )


def _update(prefix: str) -> str:
    return shlex.join(["conda", "install", "-p", prefix, "-c", "conda-forge", "libstdcxx-ng>=12"])


RULE = Rule(
    code="DOC608",
    name="libstdcxx-older-than-needed",
    severity=Severity.ERROR,
    why="A process has one libstdc++, and the first that is found is it: a conda environment, a "
    "folder of LD_LIBRARY_PATH or another program's libraries brought an older one than the "
    "system's.",
    fix="Take that folder out of LD_LIBRARY_PATH, or update libstdc++ in the conda environment.",
    source="https://gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html",
    detect=_detect,
    hits=(
        lambda: failing(
            "ImportError: /opt/conda/lib/libstdc++.so.6: version `GLIBCXX_3.4.29' not found "
            "(required by /venv/lib/python3.11/site-packages/h5py/defs.so)"
        ),
    ),
    misses=(
        lambda: failing(
            "ImportError: /lib64/libm.so.6: version `GLIBC_2.27' not found (required by "
            "/venv/lib/python3.11/site-packages/tensorflow/libtensorflow_cc.so.2)"
        ),
    ),
)
