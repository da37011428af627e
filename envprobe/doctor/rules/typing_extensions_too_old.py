"""typing_extensions lacks a name that TensorFlow, or a package that it imports, asks for."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, said
from envprobe.terms import Severity

MESSAGE = "ImportError: cannot import name 'TypeAliasType' from 'typing_extensions'"


def _detect(examination: Examination) -> Iterator[Seen]:
    if blames(examination, "typing_extensions"):
        version = examination.package("typing-extensions")
        installed = f" (typing_extensions {version})" if version else ""
        yield Seen(
            seen=f"{said(examination)}{installed}",
            command=install(examination, "--upgrade", "typing_extensions"),
        )


RULE = Rule(
    code="DOC612",
    name="typing-extensions-too-old",
    severity=Severity.ERROR,
    why="TensorFlow 2.12.1 and 2.13 ask for typing-extensions below 4.6, and newer packages beside "
    "them need a newer one. TensorFlow itself works with the newer one.",
    fix="Upgrade typing_extensions (pip complains about TensorFlow 2.13, which runs all the same), "
    "or use TensorFlow 2.14 or newer.",
    source="kernels_matrix/facts/known_issues.toml (typing-extensions-bound)",
    detect=_detect,
    hits=(lambda: with_package(failing(MESSAGE), "typing-extensions", "4.5.0"),),
    misses=(lambda: failing("ImportError: cannot import name 'Any' from 'typing' (typing.py)"),),
)
