"""On macOS TensorFlow runs on the CPU, or its Metal plugin does not fit."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from envprobe.doctor.commands import uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    changed,
    healthy_cpu,
    with_package,
    with_tensorflow_version,
    without_start,
)
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import at_least, system_of
from envprobe.terms import Severity

LAST_OLD_METAL = Version("1.2.0")


def _detect(examination: Examination) -> Iterator[Seen]:
    packages = examination.inventory.software.packages
    if system_of(examination) != "Darwin" or examination.tensorflow is None or packages is None:
        return
    metal = examination.package("tensorflow-metal")
    if metal is None:
        yield Seen(seen=f"TensorFlow {examination.tensorflow} on macOS, no tensorflow-metal")
    elif metal <= LAST_OLD_METAL and at_least(examination, "2.18"):
        yield Seen(
            seen=f"tensorflow-metal {metal} with TensorFlow {examination.tensorflow}",
            severity=Severity.ERROR,
            why="The plugin was built for TensorFlow 2.17: it is loaded at import, which fails "
            "(libmetal_plugin.dylib: Symbol not found).",
            fix="Uninstall the plugin, or install TensorFlow 2.17.",
            command=uninstall(examination, "tensorflow-metal"),
        )


def _on_mac(tensorflow: str) -> Examination:
    machine = without_start(with_tensorflow_version(healthy_cpu(), tensorflow))
    return changed(machine, "inventory.software.python.platform", "macosx-14.0-arm64")


RULE = Rule(
    code="DOC287",
    name="macos-without-gpu",
    severity=Severity.INFO,
    why="There is no CUDA for macOS. Apple's plugin tensorflow-metal gives TensorFlow up to 2.17 "
    "the GPU of a Mac with Apple's processor.",
    fix="For the GPU: TensorFlow 2.17 with tensorflow-metal 1.2.0, or another machine.",
    source="https://developer.apple.com/metal/tensorflow-plugin/",
    detect=_detect,
    hits=(
        lambda: _on_mac("2.20.0"),
        lambda: with_package(_on_mac("2.18.1"), "tensorflow-metal", "1.2.0"),
    ),
    misses=(
        healthy_cpu,
        lambda: with_package(_on_mac("2.17.1"), "tensorflow-metal", "1.1.0"),
    ),
)
