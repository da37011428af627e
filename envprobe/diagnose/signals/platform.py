"""On what the run ran: operating system, launcher, Python and TensorFlow."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIGNALS = (
    Signal(
        name="windows",
        patterns=(
            Pattern(r"[A-Za-z]:\\+Users\\"),
            Pattern(r"[A-Za-z]:\\+ProgramData\\"),
            Pattern(
                r"File \"[A-Za-z]:[\\/]",
                anchors=tuple(f'File "{drive}:' for drive in "CDEFGHcdefgh"),
            ),
            Pattern(r"[A-Za-z]:\\+Program Files"),
            Pattern(r"\\site-packages\\"),
            Pattern(r"64_[0-9]+\.dll", anchors=(".dll",)),
            Pattern(r"not implemented on Windows"),
            Pattern(r"PS [A-Z]:\\", anchors=("PS C:", "PS D:", "PS E:")),
            Pattern(r"tensorflow-intel"),
            Pattern(r"\[MSC v\.[0-9]+"),
        ),
    ),
    Signal(
        name="wsl",
        patterns=(
            Pattern(r"/usr/lib/wsl/"),
            Pattern(r"microsoft-standard"),
            Pattern(r"File \"/mnt/[a-z]/"),
            # Names that Windows gives to machines, at a prompt or in a line of Linux.
            Pattern(r"@(?:DESKTOP|LAPTOP)-[A-Z0-9]{6,8}:[~/]", anchors=("@DESKTOP-", "@LAPTOP-")),
            Pattern(
                r"on this host \((?:DESKTOP|LAPTOP)-[A-Z0-9]+\): /proc/",
                anchors=("host (DESKTOP-", "host (LAPTOP-"),
            ),
            Pattern(
                r"kernel may (?:not have been built with|have been built without) NUMA support"
            ),
        ),
    ),
    Signal(
        name="macos",
        patterns=(
            Pattern(r"Metal device set to"),
            Pattern(r"tensorflow-plugins/libmetal_plugin"),
            Pattern(r"metal_plugin/src"),
            Pattern(r"/System/Library/Frameworks"),
            Pattern(r"/Users/[^/]+/"),
        ),
    ),
    Signal(
        name="linux",
        patterns=(
            Pattern(r"cannot open shared object file"),
            Pattern(r"/home/[^/]+/"),
            Pattern(r"^\[GCC .*\] on linux"),
        ),
    ),
    Signal(name="conda", patterns=(Pattern(r"conda[0-9]?[/\\]"),)),
    Signal(
        name="tensorflow-version",
        patterns=(
            Pattern(r"TensorFlow version:? *(?P<version>[0-9]+\.[0-9]+\.[0-9]+\S*)"),
            Pattern(
                r"(?i)tensorflow[- ]version(?: ?\([^)]*\))?: *v?"
                r"(?P<version>[0-9]+\.[0-9]+\.[0-9]+)",
                anchors=("ersion (use command below)", "low version: ", "low Version: "),
            ),
            Pattern(r"tensorflow==(?P<version>[0-9]+\.[0-9]+\.[0-9]+)"),
        ),
    ),
    Signal(
        name="python-version",
        patterns=(
            Pattern(r"python(?P<version>[23]\.[0-9]+)[/\\]"),
            Pattern(r"^Python (?P<version>[23]\.[0-9]+)[.0-9]* \("),
            Pattern(r"ython(?P<major>3)(?P<minor>[0-9]+)\\"),
        ),
    ),
)
