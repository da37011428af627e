"""Would another release of TensorFlow work here, and what would have to change."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from envprobe.doctor.commands import install, then, uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.forecast import Change, Forecast
from envprobe.doctor.replaced_release import (
    asked_packages,
    cuda_pins,
    fits,
    platform_of,
    with_release,
)
from envprobe.errors import UsageError
from envprobe.facts.fresh_installs import fresh_installs_of
from envprobe.facts.tensorflow_releases import (
    TensorFlowRelease,
    tensorflow_release,
    tensorflow_releases,
)
from envprobe.facts.unknown import Unknown

DISTRIBUTIONS = ("tensorflow", "tensorflow-cpu", "tensorflow-gpu")
EXPECTED = "expected one like tensorflow==2.18.1"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was understood."""

    distribution: str
    and_cuda: bool
    release: TensorFlowRelease


def requested(text: str) -> Wanted:
    """`tensorflow==2.18.1`, `tensorflow[and-cuda]==2.18.1` or a bare version, with its release.

    Raises UsageError for anything else, and for a release that is not known.
    """
    bare = re.fullmatch(r"v?\d[\w.+]*", text.strip())
    try:
        wanted = Requirement(f"tensorflow=={text.strip()}" if bare else text)
    except InvalidRequirement:
        raise UsageError(f"{text!r} names no release: {EXPECTED}") from None
    name = canonicalize_name(wanted.name)
    exact = re.fullmatch(r"===?([^*,]+)", str(wanted.specifier))
    if name not in DISTRIBUTIONS or exact is None:
        raise UsageError(f"{text!r} names no release of TensorFlow: {EXPECTED}")
    release = tensorflow_release(exact[1])
    if isinstance(release, Unknown):
        raise UsageError(_unknown_release(exact[1], release))
    and_cuda = "and-cuda" in {canonicalize_name(extra) for extra in wanted.extras}
    return Wanted(distribution=name, and_cuda=and_cuda, release=release)


def forecast_of(examination: Examination, wanted: Wanted) -> tuple[Forecast, Examination]:
    """What would have to change, and the examination as it would be after the installation.

    On a machine with an NVIDIA GPU `tensorflow` is taken with CUDA's libraries where the
    release has an extra for them. What the installation would bring in a version that cannot be
    told is unknown in the examination.
    """
    release = wanted.release
    and_cuda = _with_cuda(examination, wanted)
    extra = "[and-cuda]" if and_cuda else ""
    requirement = f"{wanted.distribution}{extra}=={release.version}"
    changes = (
        *_surroundings(examination, release),
        *_tensorflow(examination, wanted),
        *_packages(examination, release),
        *(_pins(examination, release) if and_cuda else ()),
    )
    forecast = Forecast(
        requirement=requirement,
        release=release.version,
        changes=changes,
        command=_command(examination, wanted, requirement),
        tried=tuple(_tried(examination, release)),
    )
    return forecast, with_release(examination, release, wanted.distribution, and_cuda=and_cuda)


def _unknown_release(version: str, unknown: Unknown) -> str:
    known = [release.version for release in tensorflow_releases()]
    minor = ".".join(version.split(".")[:2])
    near = [name for name in known if name == minor or name.startswith(f"{minor}.")]
    same = f"known of {minor} are {', '.join(near)}; " if near else ""
    return f"{unknown.reason}; {same}known in all are {known[0]} to {known[-1]}"


def _with_cuda(examination: Examination, wanted: Wanted) -> bool:
    if wanted.distribution != "tensorflow" or not cuda_pins(wanted.release):
        return False
    has_gpu = bool(examination.gpus) and platform_of(examination) == "linux_x86_64"
    return wanted.and_cuda or has_gpu


def _surroundings(examination: Examination, release: TensorFlowRelease) -> Iterator[Change]:
    platform, python = platform_of(examination), examination.python
    if platform is not None and not release.pythons[platform]:
        needs = " or ".join(name for name, pythons in release.pythons.items() if pythons)
        yield Change(name="platform", here=platform, needs=needs, blocks=True)
    elif platform is not None and python is not None:
        short = f"{python.major}.{python.minor}"
        if short not in release.pythons[platform]:
            needs = " or ".join(release.pythons[platform])
            yield Change(name="Python", here=str(python), needs=needs, blocks=True)
    libc = re.fullmatch(r"glibc ([\d.]+)", examination.inventory.host.libc or "")
    if platform == "linux_x86_64" and libc and Version(libc[1]) < Version(release.glibc):
        yield Change(name="glibc", here=libc[1], needs=f">={release.glibc}", blocks=True)


def _tensorflow(examination: Examination, wanted: Wanted) -> Iterator[Change]:
    version = wanted.release.version
    installed = examination.inventory.software.tensorflow or ()
    for one in installed:
        if one.name != wanted.distribution:
            yield Change(name=one.name, here=one.version, needs="uninstalled")
    own = next((one.version for one in installed if one.name == wanted.distribution), None)
    if own != version:
        yield Change(name=wanted.distribution, here=own, needs=f"=={version}")


def _packages(examination: Examination, release: TensorFlowRelease) -> Iterator[Change]:
    for name, specifier in asked_packages(examination, release).items():
        installed = examination.package(name)
        if installed is not None and not fits(str(installed), specifier):
            yield Change(name=name, here=str(installed), needs=specifier)


def _pins(examination: Examination, release: TensorFlowRelease) -> Iterator[Change]:
    missing = []
    for pin in cuda_pins(release):
        installed = examination.package(pin.package)
        if installed is None:
            missing.append(f"{pin.package}{pin.specifier}")
        elif not fits(str(installed), pin.specifier):
            yield Change(name=pin.package, here=str(installed), needs=pin.specifier)
    if missing:
        yield Change(name="CUDA's libraries", here=None, needs=", ".join(missing))


def _command(examination: Examination, wanted: Wanted, requirement: str) -> str:
    installed = examination.inventory.software.tensorflow or ()
    others = [one.name for one in installed if one.name != wanted.distribution]
    fetch = install(examination, requirement)
    return then(uninstall(examination, *others), fetch) if others else fetch


def _tried(examination: Examination, release: TensorFlowRelease) -> Iterator[str]:
    python = examination.python
    for one in fresh_installs_of(release.version):
        try:
            same = python is not None and Version(one.python).release[:2] == python.release[:2]
        except InvalidVersion:
            continue
        outcome = one.outcome.replace("_", " ")
        error = f": {one.error}" if one.error else ""
        if same:
            yield (
                f"pip install {one.requirement}, alone under Python {one.python}, tried on "
                f"{one.tried_on}: {outcome}{error}"
            )
