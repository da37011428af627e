"""The loader's tool complains of the driver's files inside WSL, which do no harm."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG146",
    name="wsl-library-not-a-link",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(Pattern(r"/wsl/lib/(?P<library>lib\S+) is not a symbolic link"),),
    seen="ldconfig says that {library} of WSL is not a symbolic link.",
    why="Windows hands the driver's library into WSL as several equal files, where ldconfig "
    "expects links to one of them. It goes on, and programs find the library.",
    fix=None,
    candidates=(
        Candidate(
            cause=Cause.WSL_ISSUE,
            check="/usr/lib/wsl/lib/nvidia-smi fails inside WSL: that is a fault of its own",
        ),
    ),
    source="https://docs.nvidia.com/cuda/wsl-user-guide/index.html",
    hits=("/sbin/ldconfig.real: /usr/lib/wsl/lib/libcuda.so.1 is not a symbolic link\n",),
    misses=("ldconfig: /usr/lib/libfoo.so.1 is not a symbolic link\n",),
)
