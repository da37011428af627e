"""Parts of TensorFlow are missing from its folder."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import SITE, changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, reinstall, said
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    software = examination.inventory.software
    if software.tensorflow_init is False:
        yield Seen(
            seen=f"{software.tensorflow_folder}/tensorflow has no __init__.py",
            fix="Delete the folder tensorflow there, then install TensorFlow.",
            command=reinstall(examination),
        )
    elif blames(examination, "half_installed"):
        yield Seen(seen=said(examination), command=reinstall(examination))


def _leftover() -> Examination:
    empty = failing("AttributeError: module 'tensorflow' has no attribute 'config'")
    without = changed(empty, "inventory.software.tensorflow", ())
    return changed(without, "inventory.software.tensorflow_init", False)


RULE = Rule(
    code="DOC602",
    name="tensorflow-half-installed",
    severity=Severity.ERROR,
    why="An installation or uninstallation was interrupted, or the disk was full. Without "
    "__init__.py the folder imports as an empty module, in which every name is missing; without "
    "other parts the import fails.",
    fix="Install it again, over what is there.",
    source="https://docs.python.org/3/reference/import.html#namespace-packages",
    detect=_detect,
    hits=(
        _leftover,
        lambda: failing("ModuleNotFoundError: No module named 'tensorflow.python.framework'"),
        lambda: failing(
            "ImportError: cannot import name 'pywrap_tensorflow' from partially initialized "
            f"module 'tensorflow.python' ({SITE}/tensorflow/python/__init__.py)"
        ),
    ),
    misses=(
        healthy_cpu,
        lambda: failing("ModuleNotFoundError: No module named 'tensorflow'", kind="missing"),
        lambda: failing("ModuleNotFoundError: No module named 'absl'"),
    ),
)
