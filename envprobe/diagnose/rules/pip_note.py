"""pip's advice and progress while an installation works."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG830",
    name="pip-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"Running pip as the 'root' user"),
        Pattern(
            r"pip's dependency resolver does not (?:currently|yet) (?:take into account|consider)"
        ),
        Pattern(r"The following packages were previously imported in this runtime"),
        Pattern(r"requires [\w.-]+(?:[<>=!~][\w.<>=!~,*]*)?, which is not installed\."),
        Pattern(r"\[notice\] A new release of pip"),
        Pattern(r"You are using pip version [0-9.]+"),
        Pattern(r"Requirement already satisfied: (?:tensorflow|keras)"),
        Pattern(r"Successfully installed .*(?:tensorflow|keras)"),
        Pattern(r"Defaulting to user installation because normal site-packages is not writeable"),
        Pattern(
            r"(?:is|are) installed in '[^']*' which is not on PATH",
            anchors=("which is not on PATH",),
        ),
    ),
    seen="pip reports its work or gives advice.",
    why="None of it stops the installation.",
    fix="Nothing to do.",
    source="pip.pypa.io",
    hits=(
        "ERROR: pip's dependency resolver does not currently take into account all the packages "
        "that are installed.\ntensorflow 2.9.1 requires tf-estimator-nightly==2.9.0.dev1, which is "
        "not installed.\n",
        "Successfully installed keras-3.3.3 tensorflow-2.16.1\n[notice] A new release of pip is "
        "available: 24.0 -> 24.2\n",
    ),
    misses=("ERROR: No matching distribution found for tensorflow==9.9\n",),
)
