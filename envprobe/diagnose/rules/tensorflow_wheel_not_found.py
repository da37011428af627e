"""The installer finds no release of TensorFlow for this Python and this machine."""

from __future__ import annotations

from packaging.version import Version

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._wanted_package import (
    FAMILY,
    WANTED,
    exact_version,
    nothing_offered,
    pythons_with_wheels,
    versions_offered,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

NOTHING = (
    "pip saw no release at all: this Python is newer or older than all of TensorFlow's wheels, is "
    "a 32-bit one, the processor or system has none (Alpine, ARM before 2.10), or the package "
    "index cannot be reached."
)
TOO_NEW = (
    "Every release that is offered ({first} to {last}) is newer than the one asked for: this "
    "Python "
    "is newer than those its wheels were made for."
)
TOO_OLD = (
    "Every release that is offered ({first} to {last}) is older than the one asked for: this pip "
    "or this Python is too old for its wheels, or the release does not exist yet."
)
NOT_THERE = "The release is not among those offered ({first} to {last})."


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """Which way the request misses what is offered."""
    text = f"{sighting.before[-1500:]}\n{sighting.text[:9000]}"
    wanted = exact_version(sighting.fields.get("wanted"))
    fields = _python(text) | _wheels(sighting.fields.get("package", ""), wanted)
    if nothing_offered(text):
        return Reading(fields=fields, why=NOTHING)
    offered = versions_offered(text)
    if not offered:
        return Reading(fields=fields)
    fields |= {"first": str(offered[0]), "last": str(offered[-1])}
    if wanted is None:
        return Reading(fields=fields, why=NOT_THERE)
    why = TOO_NEW if wanted < offered[0] else TOO_OLD if wanted > offered[-1] else NOT_THERE
    return Reading(fields=fields, why=why, confidence=Confidence.CERTAIN)


def _wheels(package: str, wanted: Version | None) -> dict[str, str]:
    pythons = pythons_with_wheels(package, wanted) if wanted else None
    return {"release": str(wanted), "pythons": pythons} if pythons else {}


def _python(text: str) -> dict[str, str]:
    found = compiled(
        r"(?:Python: |the running Python is |Python version:? |cp|Python==)"
        r"(?P<python>3\.?[0-9]+(?:\.[0-9]+)?)"
    ).search(text)
    return {"python": str(found.group("python"))} if found else {}


RULE = Rule(
    code="LOG620",
    name="tensorflow-wheel-not-found",
    cause=Cause.TF_NOT_INSTALLED,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(rf"Could not find a version that satisfies the requirement {FAMILY}{WANTED}"),
        Pattern(rf"No matching distribution found for {FAMILY}{WANTED}"),
        Pattern(
            rf"Package '?{FAMILY}'? requires a different Python: (?P<python>[0-9.]+) not in "
            r"'(?P<needed>[^']+)'"
        ),
        Pattern(
            rf"{FAMILY} requires Python '(?P<needed>[^']+)' but the running Python is "
            r"(?P<python>[0-9.]+)"
        ),
        Pattern(
            rf"(?:Ignored|Link requires a different Python).*{FAMILY}.*Requires-Python "
            r"(?P<needed>[<>=!~0-9.,*]+)",
            anchors=("Requires-Python",),
        ),
        Pattern(
            rf"(?:Because|and) {FAMILY}{WANTED} has no wheels with a matching",
            anchors=("has no wheels with a matching",),
        ),
        Pattern(
            rf"(?:only|Because) .*{FAMILY}(?:[=<>]+\S+)? (?:is|are) available"
            r".*you require",
            anchors=("you require",),
        ),
        Pattern(rf"there is no version of {FAMILY}"),
        Pattern(
            rf"we only found wheels for `{FAMILY}` ?(?:\([^)]*\))?",
            anchors=("we only found wheels for `",),
        ),
        Pattern(
            rf"^ +- ?(?:[\w-]+::)?{FAMILY} ?(?P<wanted>[=<>~][\w.=<>*~,]+)?",
            before=(r"PackagesNotFoundError|ResolvePackageNotFound|nothing provides",),
            anchors=(
                "- tensorflow",
                "- keras",
                "- tf-nightly",
                "- jaxlib",
                "::tensorflow",
                "::keras",
            ),
        ),
        Pattern(rf"nothing provides (?:requested )?{FAMILY}"),
        Pattern(
            rf"{FAMILY} .*(?:is not installable|does not exist \(perhaps a typo)",
            anchors=("is not installable", "perhaps a typo"),
        ),
        Pattern(rf"Unable to find installation candidates for {FAMILY}"),
        Pattern(rf"{FAMILY} \((?P<wanted>[^)]+)\) requires Python (?P<needed>[<>=0-9.,!]+)"),
        Pattern(r"The \"(?P<package>tensorflow-gpu)\" package has been removed!"),
        Pattern(
            rf"[`'\"]{FAMILY}{WANTED}[^`'\"]*[`'\"] can't be installed because it doesn't have a "
            rf"source"
        ),
        Pattern(rf"Skipping link: .*(?:not compatible|none of the wheel's tags).*{FAMILY}-[0-9]"),
        Pattern(
            rf"{FAMILY} requires Python (?P<needed>[<>=0-9., !]+), so it will not be satisfied for "
            r"Python"
        ),
        Pattern(rf"Couldn't find any package by glob '{FAMILY}'"),
    ),
    yields_to=("metal-not-installable", "wheel-for-another-platform"),
    read=read,
    seen="No {package}[ {wanted}] can be installed here[ (Python {python})].",
    why="TensorFlow's wheels exist for a few Python releases, for 64-bit systems and for some "
    "processors only. The installer looks for one that fits this Python and finds none.",
    fix="[{package} {release} has wheels for Python {pythons}. ]Make an environment with a "
    "Python that the release has wheels for (2.13: 3.8 to 3.11, 2.15: 3.9 to 3.11, 2.16 to 2.19: "
    "3.9 to 3.12, 2.20: 3.9 to 3.13, 2.21: 3.10 to 3.13; 1.15: 3.7 and older), 64-bit, with a "
    "new pip (python -m pip install --upgrade pip); or ask for a release that is offered. "
    "tensorflow-gpu is replaced by tensorflow.",
    source="tensorflow.org/install/source#tested_build_configurations",
    hits=(
        "ERROR: Could not find a version that satisfies the requirement tensorflow==2.9.3 (from "
        "versions: 2.16.0rc0, 2.16.1, 2.17.0)\nERROR: No matching distribution found for "
        "tensorflow==2.9.3\n",
        "  Could not find a version that satisfies the requirement tensorflow (from versions: )\n"
        "No matching distribution found for tensorflow\n",
        "ERROR: Package 'tensorflow' requires a different Python: 3.7.17 not in '>=3.9'\n",
        "PackagesNotFoundError: The following packages are not available from current channels:\n\n"
        "  - tensorflow-gpu==2.11\n",
        "  x No solution found when resolving dependencies:\n  Because tensorflow==2.12.0 has no "
        "wheels with a matching Python ABI tag (e.g., `cp313`), we can conclude\n",
    ),
    misses=(
        "ERROR: No matching distribution found for some-private-package==1.0\n",
        "Collecting tensorflow==2.15.0\n  Downloading "
        "tensorflow-2.15.0-cp311-cp311-manylinux.whl\n",
    ),
)
