"""Another framework in the environment asks for other versions of NVIDIA's wheels."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.specifiers import SpecifierSet

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import SITE, changed, healthy_gpu, with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules import cudnn_older_than_built
from envprobe.doctor.rules._pins import broken_pins, required_wheels
from envprobe.inventory.distributions import Distribution
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    told = any(cudnn_older_than_built.RULE.findings(examination))
    broken = [
        pin
        for pin in broken_pins(examination)
        if not (told and pin.package.startswith("nvidia-cudnn-"))
    ]
    for framework in examination.inventory.software.packages or ():
        if framework.role != "framework":
            continue
        asked = required_wheels(framework)
        met = [
            pin
            for pin in broken
            if pin.package in asked and SpecifierSet(asked[pin.package]).contains(pin.installed)
        ]
        if met:
            yield Seen(
                seen=f"{framework.name} {framework.version} asks for "
                f"{', '.join(f'{pin.package}{asked[pin.package]}' for pin in met)}, which is "
                f"installed; TensorFlow {examination.tensorflow} asks for "
                f"{', '.join(f'{pin.package}{pin.specifier}' for pin in met)}",
                severity=Severity.WARNING if any(pin.older for pin in met) else None,
            )


def _with_torch(cudnn: str, asked: str) -> Examination:
    machine = with_package(healthy_gpu(), "nvidia-cudnn-cu12", cudnn)
    torch = Distribution(
        name="torch",
        version="2.5.1",
        folder=SITE,
        role="framework",
        requires=(f"nvidia-cudnn-cu12{asked}; platform_system == 'Linux'",),
    )
    packages = (*(machine.inventory.software.packages or ()), torch)
    ordered = tuple(sorted(packages, key=lambda package: package.name))
    return changed(machine, "inventory.software.packages", ordered)


RULE = Rule(
    code="DOC268",
    name="frameworks-pin-other-wheels",
    severity=Severity.INFO,
    why="Both share one folder of NVIDIA's libraries: whichever was installed last has what it "
    "wants, and pip takes it away from the other. A cuDNN older than TensorFlow's own stops every "
    "convolution.",
    fix="Give each framework an environment of its own, or take releases of both that agree: "
    "TensorFlow 2.20 and newer ask for ranges instead of exact versions.",
    source="kernels_matrix/facts/and_cuda_pins.csv",
    detect=_detect,
    hits=(lambda: _with_torch("9.1.0.70", "==9.1.0.70"),),
    misses=(
        healthy_gpu,
        lambda: _with_torch("9.5.1.17", "==9.5.1.17"),
        lambda: _with_torch("9.1.0.70", "==9.5.1.17"),
    ),
)
