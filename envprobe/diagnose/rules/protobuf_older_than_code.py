"""The generated message code is newer than the protobuf that is installed."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG601",
    name="protobuf-older-than-code",
    cause=Cause.PROTOBUF_ABI_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Detected (?:incompatible|mismatched) Protobuf Gencode/Runtime \w+ when loading "
            r"(?P<file>[^\s:{]+): gencode (?P<needed>[0-9][\w.-]*) runtime (?P<found>[0-9][\w-]*"
            r"(?:\.[\w-]+)*)"
        ),
        Pattern(r"cannot import name '?(?P<missing>runtime_version)'? from 'google\.protobuf'"),
        Pattern(r"cannot import name '?(?P<missing>runtime_version)'?$"),
        Pattern(r"cannot import name '?(?P<missing>builder)'? from 'google\.protobuf\.internal'"),
        Pattern(r"No module named '?google\.protobuf\.internal\.(?P<missing>builder)'?"),
        Pattern(r"No module named '?google\.protobuf\.(?P<missing>runtime_version)'?"),
        Pattern(
            r"module 'google\.protobuf\.descriptor' has no attribute "
            r"'(?P<missing>_internal_create_key)'"
        ),
        Pattern(
            r"(?:__init__|__new__)\(\) got an unexpected keyword argument "
            r"'(?P<missing>serialized_options|serialized_pb|create_key|has_options)'",
            anchors=("serialized_options", "serialized_pb", "'create_key'", "has_options"),
        ),
        Pattern(
            r"init(?:__)?\(\) got an unexpected keyword argument "
            r"'(?P<missing>file|syntax|options)'",
            before=(r"_pb2|protobuf",),
        ),
        Pattern(r"Couldn't find field (?P<missing>google\.protobuf\.[\w.]+)"),
        Pattern(r"module 'google\._upb\._message' has no attribute '(?P<missing>\w+)'"),
        Pattern(
            r"This program requires version (?P<needed>[0-9.]+) of the Protocol Buffer runtime "
            r"library, but the installed version is (?P<found>[0-9]+(?:\.[0-9]+)*)"
        ),
        Pattern(
            r"was compiled against version (?P<found>[0-9.]+) of the Protocol Buffer runtime "
            r"library, which is not compatible with the installed version \((?P<needed>[0-9.]+)\)"
        ),
    ),
    seen="protobuf[ {found}] is too old for generated message code[ of {file}][, which needs "
    "{needed}][: it lacks {missing}].",
    why="TensorFlow, or a package beside it, was built with a newer protoc than the protobuf in "
    "this environment. protobuf reads generated code of its own age or older, never newer.",
    fix="pip install --upgrade 'protobuf[>={needed}]', then pip check: where another package "
    "holds protobuf back, upgrade that one, or install the release of it that fits this "
    "TensorFlow.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="pip check names the package that asks for another protobuf.",
        ),
    ),
    source="google/protobuf/runtime_version.py",
    hits=(
        "google.protobuf.runtime_version.VersionError: Detected incompatible Protobuf "
        "Gencode/Runtime versions when loading tensorflow/core/framework/graph.proto: gencode "
        "6.31.1 runtime 5.29.4. Runtime version cannot be older than the linked gencode version.",
        "ImportError: cannot import name 'builder' from 'google.protobuf.internal' "
        "(/srv/ml/lib/python3.8/site-packages/google/protobuf/internal/__init__.py)",
        "[libprotobuf FATAL google/protobuf/stubs/common.cc:61] This program requires version "
        "3.9.0 of the Protocol Buffer runtime library, but the installed version is 2.6.1.",
    ),
    misses=(
        "UserWarning: Protobuf gencode version 5.28.3 is exactly one major version older than the "
        "runtime version 6.30.1 at object_detection/protos/box.proto.",
        "TypeError: __init__() got an unexpected keyword argument 'batch_shape'",
    ),
)
