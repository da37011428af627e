"""A folder named tensorflow is imported that no installed distribution owns."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    software = examination.inventory.software
    # Without __init__.py it is no source tree, but half an installation (a rule of its own).
    half = software.tensorflow_init is False
    if software.tensorflow == () and software.tensorflow_folder is not None and not half:
        yield Seen(
            seen=f"{software.tensorflow_folder}/tensorflow belongs to no installed distribution",
        )


def _unowned() -> Examination:
    return changed(healthy_cpu(), "inventory.software.tensorflow", ())


RULE = Rule(
    code="DOC204",
    name="tensorflow-without-distribution",
    severity=Severity.WARNING,
    why="It is a source tree, the leftover of an uninstallation, or a build put there by hand; pip "
    "does not know its version or what it needs.",
    fix="When it is a leftover, delete the folder and install TensorFlow again.",
    source="https://packaging.python.org/en/latest/specifications/recording-installed-packages/",
    detect=_detect,
    hits=(_unowned,),
    misses=(
        healthy_cpu,
        lambda: changed(_unowned(), "inventory.software.tensorflow", None),
        lambda: changed(_unowned(), "inventory.software.tensorflow_folder", None),
    ),
)
