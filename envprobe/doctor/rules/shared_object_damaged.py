"""A shared object of TensorFlow is damaged, or is for another architecture."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, reinstall
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    found = blames(examination, "foreign_object")
    if found:
        python = examination.inventory.software.python.platform or "unknown"
        yield Seen(
            seen=f"{found[1]}: {found[2]} (the interpreter is for {python})",
            command=reinstall(examination),
        )


RULE = Rule(
    code="DOC611",
    name="shared-object-damaged",
    severity=Severity.ERROR,
    why="The loader refuses the file. It was cut off (interrupted download or copy, full disk, a "
    "Git LFS pointer instead of the file), or it was copied from a machine of another kind.",
    fix="Install TensorFlow again, with pip of this interpreter.",
    source="https://man7.org/linux/man-pages/man5/elf.5.html",
    detect=_detect,
    hits=(
        lambda: failing(
            "ImportError: /venv/lib/python3.11/site-packages/tensorflow/python/platform/../../"
            "libtensorflow_framework.so.2: file too short"
        ),
        lambda: failing("ImportError: libtensorflow_framework.so.2: wrong ELF class: ELFCLASS32"),
    ),
    misses=(
        lambda: failing(
            "ImportError: libtensorflow_framework.so.2: cannot open shared object file: No such "
            "file or directory"
        ),
    ),
)
