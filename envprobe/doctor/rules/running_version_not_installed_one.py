"""The TensorFlow that runs is not of the version that pip lists."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import reinstall
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    inventory = examination.inventory
    running = inventory.tensorflow.version if inventory.tensorflow else None
    installed = inventory.software.tensorflow
    # Several providers, and one in another folder, have rules of their own.
    if running is None or not installed or len(installed) > 1:
        return
    one = installed[0]
    if one.folder == inventory.software.tensorflow_folder and _differ(running, one.version):
        yield Seen(
            seen=f"TensorFlow says that it is {running}; pip lists {one.name} {one.version}",
            command=reinstall(examination),
        )


def _differ(running: str, listed: str) -> bool:
    """Compared without local parts: vendors' builds write theirs in one place only, and ROCm's a
    fourth number (`2.14.0.600`)."""
    try:
        runs, has = Version(running), Version(listed)
        return runs.public != has.public and runs.release != has.release[:3]
    except InvalidVersion:
        return False


RULE = Rule(
    code="DOC622",
    name="running-version-not-installed-one",
    severity=Severity.WARNING,
    why="Its files were overwritten or an installation was not finished: what runs is a mixture, "
    "and whatever pip resolves for the listed version may not fit it.",
    fix="Install it again, over what is there.",
    source="https://packaging.python.org/en/latest/specifications/recording-installed-packages/",
    detect=_detect,
    hits=(lambda: changed(healthy_cpu(), "inventory.tensorflow.version", "2.19.1"),),
    misses=(
        healthy_cpu,
        lambda: changed(healthy_cpu(), "inventory.tensorflow.version", "2.20.0+nv25.2"),
        lambda: changed(healthy_cpu(), "inventory.software.tensorflow.0.version", "2.20.0.600"),
        lambda: changed(healthy_cpu(), "inventory.tensorflow", None),
    ),
)
