"""pip finds no tensorflow-metal for this Python or system."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG695",
    name="metal-not-installable",
    cause=Cause.MACOS_METAL,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"No matching distribution found for tensorflow-metal(?P<version>[=<>~!][^\s]*)?"),
        Pattern(r"satisfies the requirement tensorflow-metal(?P<version>[=<>~!][^\s]*)?"),
        Pattern(r"tensorflow-metal (?P<version>[0-9.]+) (?:requires|depends on) (?P<needed>\S+)"),
    ),
    seen="pip cannot install tensorflow-metal[ ({version})] here.",
    why="Its wheels exist for macOS 12 and newer and for a few Pythons only (1.2.0: 3.9 to 3.12); "
    "a Python for Intel under Rosetta, or another system, has none.",
    fix="Use a native arm64 Python 3.9 to 3.12 on macOS 12 or newer, update pip, and install a "
    "TensorFlow that it fits; on other systems leave tensorflow-metal out of the requirements.",
    candidates=(
        Candidate(
            cause=Cause.TF_NOT_INSTALLED,
            check="tensorflow itself has no wheel for this Python either",
        ),
    ),
    source="https://pypi.org/project/tensorflow-metal/",
    hits=(
        "ERROR: Could not find a version that satisfies the requirement tensorflow-metal (from "
        "versions: none)\n"
        "ERROR: No matching distribution found for tensorflow-metal\n",
    ),
    misses=("ERROR: No matching distribution found for tensorflow\n",),
)
