"""What `tensorflow[and-cuda]` asks of NVIDIA's wheels, and which of the installed ones break it."""

from __future__ import annotations

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from envprobe.doctor.examination import Examination
from envprobe.doctor.rules._build import computes_on_gpu
from envprobe.facts.and_cuda_pins import and_cuda_pins
from envprobe.facts.unknown import Unknown
from envprobe.inventory.distributions import Distribution, normalised


class BrokenPin(msgspec.Struct, frozen=True, kw_only=True):
    """One wheel that is not what the extra asks for; `older` than all that it allows, or not."""

    package: str
    installed: Version
    specifier: str
    older: bool

    def __str__(self) -> str:
        return f"{self.package} {self.installed} (asked: {self.specifier})"


def broken_pins(examination: Examination) -> tuple[BrokenPin, ...]:
    """Installed NVIDIA wheels outside of what the extra of the installed TensorFlow asks for."""
    found = []
    for package, specifier in _asked(examination).items():
        installed = examination.package(package)
        if installed is None or SpecifierSet(specifier).contains(installed, prereleases=True):
            continue
        older = all(
            installed < Version(one.version)
            for one in SpecifierSet(specifier)
            if one.operator in ("==", ">=", "~=")
        )
        found.append(
            BrokenPin(package=package, installed=installed, specifier=specifier, older=older)
        )
    return tuple(found)


def _asked(examination: Examination) -> dict[str, str]:
    """Package -> specifier: from TensorFlow's own metadata, else from the table."""
    if not computes_on_gpu(examination):
        return {}
    providers = examination.inventory.software.tensorflow or ()
    stated = {
        name: specifier
        for provider in providers
        for name, specifier in required_wheels(provider, "and-cuda").items()
    }
    if stated:
        return stated
    pins = and_cuda_pins(str(examination.tensorflow))
    return {} if isinstance(pins, Unknown) else {pin.package: pin.specifier for pin in pins}


def required_wheels(distribution: Distribution, extra: str = "") -> dict[str, str]:
    """NVIDIA's wheels that a distribution asks for on Linux, with that extra; only bounded ones."""
    found = {}
    for line in distribution.requires:
        try:
            asked = Requirement(line)
            surroundings = {
                "extra": extra,
                "sys_platform": "linux",
                "platform_system": "Linux",
                "platform_machine": "x86_64",
            }
            holds = asked.marker is None or asked.marker.evaluate(surroundings)
        except (InvalidRequirement, InvalidSpecifier, ValueError):
            continue
        name = normalised(asked.name)
        if holds and asked.specifier and name.startswith("nvidia-"):
            found[name] = str(asked.specifier)
    return found
