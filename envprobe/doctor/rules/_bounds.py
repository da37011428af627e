"""What TensorFlow asks of a Python package, and how grave it is when another version is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Seen
from envprobe.doctor.rules._build import from_conda, python_minor, release_of
from envprobe.facts.known_issues import KnownIssue, Situation, known_issues_for
from envprobe.facts.tensorflow_releases import bound_on
from envprobe.facts.unknown import Unknown
from envprobe.inventory.distributions import Distribution, normalised
from envprobe.terms import Severity

PROVIDERS = ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos")
SOURCE = "kernels_matrix/facts/tensorflow_releases.csv"


def asked_of(examination: Examination, package: str) -> str | None:
    """What the installed TensorFlow asks of `package`: its own metadata's words, else the
    table's; None: it asks nothing, or that is not known."""
    for provider in examination.inventory.software.tensorflow or ():
        for line in provider.requires:
            try:
                asked = Requirement(line)
                holds = asked.marker is None or asked.marker.evaluate(marks_of(examination))
            except (InvalidRequirement, InvalidSpecifier, ValueError):
                continue
            if holds and normalised(asked.name) == package:
                return str(asked.specifier) or None
    release, python = release_of(examination), python_minor(examination)
    if isinstance(release, Unknown) or python is None:
        return None
    return bound_on(release, package, python)


def marks_of(examination: Examination) -> dict[str, str]:
    """What requirement markers are evaluated with: the examined Python, no extra."""
    python = examination.python
    if python is None:
        return {"extra": ""}
    minor = f"{python.major}.{python.minor}"
    return {"extra": "", "python_version": minor, "python_full_version": str(python)}


def outside(examination: Examination, package: str) -> tuple[Version, str] | None:
    """(installed version, what is asked) where the one is not within the other."""
    installed, asked = examination.package(package), asked_of(examination, package)
    if installed is None or asked is None:
        return None
    fits = SpecifierSet(asked).contains(installed, prereleases=True)
    return None if fits else (installed, asked)


def out_of_bounds(
    package: str, *signs: str, unless: Callable[[Examination], bool] = lambda _: False
) -> Callable[[Examination], Iterator[Seen]]:
    """The detection for one package.

    `signs` are parts of the error with which a start fails because of it: then that error has a
    rule of its own. `unless` says when another rule tells the same better.
    """

    def detect(examination: Examination) -> Iterator[Seen]:
        found = outside(examination, package)
        failure = examination.start_failure
        told = failure is not None and any(sign in failure.reason for sign in signs)
        if found is None or told or unless(examination):
            return
        version, asked = found
        issue = known_issue_of(examination, package)
        started = examination.inventory.tensorflow is not None
        yield Seen(
            seen=f"{package} {version}; TensorFlow {examination.tensorflow} asks for {asked}"
            + (", and started with it" if started else ""),
            severity=Severity.INFO if from_conda(examination) else _severity(issue, started),
            why=issue.cause if issue and not started else None,
            command=None if from_conda(examination) else install(examination, f"{package}{asked}"),
        )

    return detect


def _severity(issue: KnownIssue | None, started: bool) -> Severity:
    """Declared bounds are wrong in both directions: what was seen goes before what was declared."""
    if started or (issue is not None and issue.harmless):
        return Severity.INFO
    ran = issue is not None and "ran" in issue.evidence
    return Severity.ERROR if ran else Severity.WARNING


def known_issue_of(examination: Examination, package: str) -> KnownIssue | None:
    """The established incompatibility between the installed TensorFlow and that package."""
    packages = examination.inventory.software.packages
    found = known_issues_for(
        Situation(
            tensorflow=str(examination.tensorflow) if examination.tensorflow else None,
            packages=None if packages is None else {p.name: p.version for p in packages},
        )
    )
    return next((one for one in found if package in map(normalised, one.applies.packages)), None)


def asked_of_tensorflow(one: Distribution, examination: Examination) -> Requirement | None:
    """What it asks of TensorFlow, where that is more than its name."""
    for line in one.requires:
        try:
            asked = Requirement(line)
            holds = asked.marker is None or asked.marker.evaluate(marks_of(examination))
        except (InvalidRequirement, ValueError):
            continue
        if holds and normalised(asked.name) in PROVIDERS and asked.specifier:
            return asked
    return None
