"""Protobuf 4 or newer is installed, and some package's generated code is of an older protoc."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_PB2 = r"(?:site|dist)-packages[/\\]+(?P<package>[A-Za-z0-9_]+)[^\n]*?(?P<file>\w+_pb2)\.py"


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """Whose generated file it was: the nearest one in the traceback."""
    found = list(compiled(_PB2).finditer(sighting.before))
    if not found:
        return Reading()
    package = str(found[-1].group("package"))
    return Reading(fields={"package": package, "generated_file": str(found[-1].group("file"))})


RULE = Rule(
    code="LOG600",
    name="protobuf-code-outdated",
    cause=Cause.PROTOBUF_ABI_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"Descriptors cannot (?:not )?be created directly"),
        Pattern(r"Descriptors should not be created directly, but only retrieved"),
        Pattern(r"your generated code is out of date and must be regenerated with protoc"),
        Pattern(r"Downgrade the protobuf package to (?P<wanted>[0-9.x]+) or lower"),
        Pattern(r"Set PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python \(but this will use pure"),
    ),
    read=read,
    seen="protobuf is newer than the generated code[ of {package} ({generated_file})] allows.",
    why="TensorFlow's message classes are written by protoc. Those written before 3.19 "
    "(TensorFlow up to 2.9 and packages of that age) are refused by protobuf 4 and newer, which "
    "another package's installation brought in.",
    fix="pip install 'protobuf<3.21' in this environment (3.20.3 serves TensorFlow 1.15 to "
    "2.11), or install a TensorFlow of today. Until then "
    "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python starts it, slowly.",
    source="google/protobuf/descriptor.py",
    hits=(
        'Traceback (most recent call last):\n  File "/opt/tf/lib/python3.9/site-packages/tensorflow'
        '/core/framework/types_pb2.py", line 36, in <module>\n    '
        "_descriptor.EnumValueDescriptor(\n"
        "TypeError: Descriptors cannot be created directly.\nIf this call came from a _pb2.py file,"
        " your generated code is out of date and must be regenerated with protoc >= 3.19.0.\n",
        "TypeError: Descriptors cannot not be created directly.\n",
    ),
    misses=(
        "VersionError: Detected incompatible Protobuf Gencode/Runtime versions when loading "
        "a.proto: gencode 6.31.1 runtime 5.29.5.",
    ),
)
