"""TensorFlow names the Visual C++ libraries that Windows could not find."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG625",
    name="visual-cpp-runtime-missing",
    cause=Cause.WINDOWS_VC_RUNTIME_MISSING,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Could not find the DLL\(s\) '(?P<library>(?:msvcp|vcruntime|concrt)[^']*)'\.",
        ),
        Pattern(r"Could not find '(?P<library>(?:msvcp|vcruntime|concrt)[\w]*\.dll)'"),
        Pattern(
            r"installing Visual C\+\+ 2015 Redistributable Update 3",
            anchors=("Visual C++ 2015 Redistributable",),
        ),
        Pattern(
            r"(?P<library>(?:MSVCP|VCRUNTIME|msvcp|vcruntime|CONCRT|concrt)140\w*\.(?:dll|DLL))"
            r"'? (?:was|is) (?:not found|missing)",
            anchors=("140.dll", "140_1.dll", "140_2.dll", "140.DLL", "140_1.DLL"),
        ),
        Pattern(
            r"code execution cannot proceed because (?P<library>(?:MSVCP|VCRUNTIME|msvcp|"
            r"vcruntime)\S+) was not found"
        ),
        Pattern(
            r"The procedure entry point .* could not be located in the dynamic link library "
            r".*(?P<library>msvcp140\S*\.dll)"
        ),
    ),
    seen="Windows lacks the Visual C++ library[ {library}].",
    why="TensorFlow on Windows needs Microsoft's Visual C++ runtime of 2015 to 2022, 64-bit, "
    "with msvcp140.dll and msvcp140_1.dll (since 2.1). It is missing, too old, or not on PATH.",
    fix="Install the newest Visual C++ Redistributable (vc_redist.x64.exe from Microsoft's "
    "pages), restart, and import again. In conda: conda install -c conda-forge vs2015_runtime.",
    source="tensorflow/python/platform/self_check.py",
    hits=(
        "ImportError: Could not find the DLL(s) 'msvcp140_1.dll'. TensorFlow requires that these "
        "DLLs be installed in a directory that is named in your %PATH% environment variable.\n",
        "ImportError: Could not find 'msvcp140.dll'. TensorFlow requires that this DLL be "
        "installed "
        "in a directory that is named in your %PATH% environment variable.\n",
    ),
    misses=(
        "ImportError: Could not find 'cudart64_90.dll'. TensorFlow requires that this DLL be "
        "installed in a directory that is named in your %PATH% environment variable.\n",
    ),
)
