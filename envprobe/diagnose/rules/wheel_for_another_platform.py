"""A wheel was given to pip that is for another Python, system or processor."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

_WHEEL = (
    r"(?P<wheel>[\w.+-]+?-(?P<python_tag>cp[0-9]+|py[23][\w.]*)-[\w.]+-"
    r"(?P<platform_tag>[\w.]+))\.whl"
)

RULE = Rule(
    code="LOG621",
    name="wheel-for-another-platform",
    cause=Cause.TF_NOT_INSTALLED,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(rf"{_WHEEL} is not a supported wheel on this platform"),
        Pattern(r"(?P<wheel>\S+)\.whl is not a (?:supported|valid) wheel"),
        Pattern(
            rf"{_WHEEL}.*(?:is not compatible with this Python|platform mismatch)",
            anchors=("is not compatible with this Python", "platform mismatch"),
        ),
        Pattern(
            r"A path dependency is incompatible with the current platform: "
            r"(?P<wheel>\S+)\.whl"
        ),
        Pattern(r"wheel is not compatible with the current (?:platform|Python)"),
    ),
    seen="The wheel[ {wheel}] is not for this Python or this machine[: it is for {python_tag} on "
    "{platform_tag}].",
    why="A wheel's name ends with the Python (cp311: 3.11), the system and the processor it was "
    "built for. One of them is not what runs here: another Python, a 32-bit one, or a pip too "
    "old to know the name.",
    fix="Compare with python -m pip debug --verbose (its list of compatible tags). Upgrade pip, "
    "use the Python of the wheel's name, or let pip choose: pip install tensorflow.",
    source="packaging.python.org/specifications/platform-compatibility-tags",
    hits=(
        "ERROR: tensorflow-2.10.0-cp39-cp39-win_amd64.whl is not a supported wheel on this "
        "platform.\n",
        "tensorflow-1.12.0-cp36-cp36m-linux_x86_64.whl is not a supported wheel on this platform.",
    ),
    misses=("Using cached tensorflow-2.10.0-cp39-cp39-win_amd64.whl (455.9 MB)\n",),
)
