"""pip lists TensorFlow, and Python finds no module of that name."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import failing, reinstall
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    failure, installed = examination.start_failure, examination.inventory.software.tensorflow
    if failure is not None and failure.kind == "missing" and installed:
        one = installed[0]
        yield Seen(
            seen=f"{one.name} {one.version} is installed in {one.folder}: {failure.reason}",
            command=reinstall(examination),
        )


def _gone() -> Examination:
    return failing("ModuleNotFoundError: No module named 'tensorflow'", kind="missing")


RULE = Rule(
    code="DOC601",
    name="tensorflow-files-gone",
    severity=Severity.ERROR,
    why="Its files were deleted or cannot be read, and its entry in pip's list has stayed: pip "
    "believes that all is well and installs nothing.",
    fix="Install it again, over what is there.",
    source="https://packaging.python.org/en/latest/specifications/recording-installed-packages/",
    detect=_detect,
    hits=(_gone,),
    misses=(
        lambda: changed(_gone(), "inventory.software.tensorflow", ()),
        lambda: failing("ImportError: something else"),
    ),
)
