"""The system's C or C++ library is older than the wheel was built for."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG652",
    name="system-library-too-old",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"(?P<library>[^\s:]+): version [`'\"](?P<needed>(?:GLIBC|GLIBCXX|CXXABI|GCC|GOMP)_"
            r"[0-9.]+)' not found(?: \(required by (?P<by>[^)]+)\))?"
        ),
        Pattern(r"version [`'\"](?P<needed>(?:GLIBC|GLIBCXX|CXXABI)_[0-9.]+)' not found"),
        Pattern(r"version '?(?P<needed>(?:GLIBC|GLIBCXX|CXXABI)_[0-9.]+)'? not found"),
        Pattern(r"Error relocating (?P<by>\S+): \S+: symbol not found"),
        Pattern(r"Error loading shared library (?P<library>ld-linux\S+|libm\.so\S*|libc\.so\S*):"),
        Pattern(
            r"was built for newer (?:macOS|Mac OS X|OSX) version \((?P<needed>[0-9.]+)\) "
            r"than bei"
        ),
    ),
    seen="The system's library[ {library}] is too old[: {needed} is asked for][ by {by}].",
    why="The wheel was built on a newer Linux (or macOS) than this one: its glibc or libstdc++ "
    "has functions that are missing here. Alpine has no glibc at all. Sometimes conda's older "
    "libstdc++ is loaded in place of the system's.",
    fix="Run in a container or on a system of the wheel's age (TensorFlow from 2.10 on: glibc "
    "2.17, with libstdc++ of GCC 4.8.5 and newer; nightly and newer wheels: 2.27). For GLIBCXX: "
    "conda install -c conda-forge libstdcxx-ng, or let LD_LIBRARY_PATH find the newer "
    "libstdc++.so.6.",
    candidates=(
        Candidate(cause=Cause.TF_NOT_INSTALLED, check="Choose an older release for this system."),
    ),
    source="packaging.python.org/specifications/platform-compatibility-tags",
    hits=(
        "ImportError: /lib64/libm.so.6: version `GLIBC_2.27' not found (required by /opt/v/lib/"
        "python3.9/site-packages/tensorflow/libtensorflow_framework.so.2)\n",
        "ImportError: /usr/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.30' not found "
        "(required by /opt/v/lib/libzmq.so)\n",
    ),
    misses=("git version 2.27 not found\n",),
)
