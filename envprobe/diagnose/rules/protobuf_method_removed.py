"""Code asks protobuf for something that the installed release no longer has."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """Without a traceback it is a note at import, behind which TensorFlow goes on."""
    raised = "Traceback" in sighting.before or '", line ' in sighting.before
    return Reading(kind=Kind.FATAL if raised else Kind.DEGRADED)


RULE = Rule(
    code="LOG602",
    name="protobuf-method-removed",
    cause=Cause.PROTOBUF_ABI_MISMATCH,
    kind=Kind.DEGRADED,
    severity=Severity.ERROR,
    patterns=(
        Pattern(
            r"'(?P<object>MessageFactory|SymbolDatabase|SymbolDatabase_)' object has no attribute "
            r"'(?P<missing>GetPrototype|GetMessages|CreatePrototype|GetSymbol|RegisterMessage)'",
            anchors=("GetPrototype", "GetMessages", "CreatePrototype", "GetSymbol", "RegisterMess"),
        ),
        Pattern(
            r"'(?P<object>(?:google\._upb\._message\.)?(?:Field|Enum|File|Oneof)?Descriptor(?:Poo"
            r"l)?"
            r")' object has no attribute '(?P<missing>\w+)'",
            anchors=("Descriptor' object has no", "DescriptorPool' object has no"),
        ),
        Pattern(
            r"module '(?P<object>google\.protobuf[\w.]*)' has no attribute '(?P<missing>\w+)'",
        ),
        Pattern(
            r"'(?P<object>google\.protobuf\.[\w.]+)' object has no attribute '(?P<missing>\w+)'"
        ),
        Pattern(
            r"'NoneType' object has no attribute '(?P<missing>(?:message|enum|service|extension)s?"
            r"_(?:types_)?by_name|_(?:loaded|serialized)?_?options)'",
            before=(r"_pb2\.py|DESCRIPTOR|google[/\\]protobuf",),
            anchors=("_by_name'", "options'"),
        ),
        Pattern(
            r"'module' object has no attribute '(?P<missing>GeneratedProtocolMessageType|"
            r"(?:Message|Enum|Field|File)?Descriptor\w*|Default|_SetCachedOptions)'",
            before=(r"google\S*[/\\]protobuf|_pb2\.py",),
        ),
        Pattern(r"'(?P<object>google\._upb\.[\w.]+)' object has no attribute '(?P<missing>\w+)'"),
    ),
    yields_to=("protobuf-older-than-code", "protobuf-code-outdated"),
    read=read,
    seen="protobuf[ ({object})] has no {missing} in the installed release.",
    why="The installed protobuf is of another generation than the code that uses it. Releases 4, "
    "5 and 6 each removed old methods; MessageFactory.GetPrototype went with 6.30.",
    fix="Install the protobuf that this TensorFlow asks for (pip show tensorflow, then pip "
    "install 'protobuf<6' for 2.18 and 2.19, 'protobuf<5' for 2.13 to 2.17), or upgrade the "
    "package that makes the call.",
    source="google/protobuf/message_factory.py",
    hits=(
        'Traceback (most recent call last):\n  File "run.py", line 3, in <module>\n    import ten'
        "sorflow\nAttributeError: 'MessageFactory' object has no attribute 'GetPrototype'\n",
        "AttributeError: module 'google.protobuf.internal.containers' has no attribute "
        "'MutableMapping'\n",
        'Traceback (most recent call last):\n  File "/srv/od/protos/box_pb2.py", line 18, in '
        "<module>\n    _BOX = DESCRIPTOR.message_types_by_name['Box']\nAttributeError: 'NoneType' "
        "object has no attribute 'message_types_by_name'\n",
    ),
    misses=(
        "AttributeError: 'Dataset' object has no attribute 'GetPrototypes'\n",
        "AttributeError: 'NoneType' object has no attribute 'run_options'\n",
    ),
)
