"""pip tells that installed packages ask for other releases of each other."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_BREAKS = (
    r"Traceback|core dumped|Segmentation|Fatal Python|Aborted|Error: |Check failed|finished with"
)
_CAUSES = {"numpy": Cause.NUMPY_ABI_MISMATCH, "protobuf": Cause.PROTOBUF_ABI_MISMATCH}


def read(sighting: Sighting, log: Log) -> Reading:
    """By the package whose release is wrong; only a remark of pip where nothing breaks behind."""
    if not any(_breaks(one, sighting) for one in log.all("failure")):
        return Reading(cause=Cause.BENIGN, kind=Kind.BENIGN)
    needed = sighting.fields.get("needed", "").split("[")[0].lower()
    return Reading(cause=_CAUSES.get(needed, Cause.KERAS_TF_VERSION_MISMATCH))


def _breaks(failure: Sighting, conflict: Sighting) -> bool:
    """Whether a program ended badly behind the conflict, as a wrong package can make it."""
    later = failure.line.order > conflict.line.order
    return later and compiled(_BREAKS).search(failure.line.text) is not None


RULE = Rule(
    code="LOG624",
    name="package-versions-conflict",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.DEGRADED,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"(?P<package>(?:tensorflow|tf[-_]|keras|tensorboard|jax|ml[-_]dtypes)[\w.-]*) "
            r"(?P<version>[0-9][\w.]*) (?:requires|has requirement) (?P<needed>[a-zA-Z][\w-]*)"
            r"(?P<bounds>[<>=!~][\w.<>=!~,*]*)?(?:; [^,]+)?, but you(?:'ll)? have (?P<found>[\w-]+ "
            r"[0-9][\w.]*)",
            anchors=(", but you have ", ", but you'll have "),
        ),
        Pattern(
            r"(?P<package>[\w.-]+) (?P<version>[0-9][\w.]*) (?:requires|has requirement) "
            r"(?P<needed>"
            r"tensorflow|keras|tf-keras|numpy|protobuf)(?P<bounds>[<>=!~][\w.<>=!~,*]*), but "
            r"you(?:'ll)? have (?P<found>(?:tensorflow|keras|tf-keras|numpy|protobuf) [0-9][\w.]*)",
            anchors=(", but you have ", ", but you'll have "),
        ),
        Pattern(
            r"(?P<package>tensorflow\S*) (?P<version>[0-9][\w.]*) requires (?P<needed>[\w-]+), "
            r"which is not installed"
        ),
    ),
    read=read,
    seen="{package} {version} asks for {needed}[{bounds}][, and {found} is installed].",
    why="pip installed a release that another package does not accept. Often it works "
    "nevertheless; where an import fails, this is the first thing to look at.",
    fix="pip install '{needed}[{bounds}]', or upgrade {package} to a release that accepts what "
    "is there. pip check lists what does not fit. Separate environments for separate projects.",
    candidates=(
        Candidate(cause=Cause.BENIGN, check="import tensorflow works and the program runs."),
    ),
    source="pip.pypa.io/en/stable/topics/dependency-resolution",
    hits=(
        "ERROR: pip's dependency resolver does not currently take into account all the packages "
        "that are installed.\ntensorflow 2.13.0 requires numpy<=1.24.3,>=1.22, but you have numpy "
        "1.26.4 which is incompatible.\nSuccessfully installed numpy-1.26.4\nSegmentation fault "
        "(core dumped)\n",
        "tensorflow-text 2.15.0 requires tensorflow<2.16,>=2.15.0; platform_machine != 'arm64', "
        "but you have tensorflow 2.16.1 which is incompatible.\n"
        "Aborted (core dumped)\n",
    ),
    misses=(
        "pandas-gbq 0.19 requires pyarrow>=3, but you have pyarrow 2.0 which is incompatible.",
    ),
)
