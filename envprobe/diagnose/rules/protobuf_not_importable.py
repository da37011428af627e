"""protobuf's Python package is missing, or its files are of several releases."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG604",
    name="protobuf-not-importable",
    cause=Cause.PROTOBUF_ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"cannot import name '?\"?(?P<missing>\w+)\"? ?'? from '(?P<module>google\.protobuf"
            r"[\w.]*)'"
        ),
        Pattern(
            r"cannot import name '?(?P<missing>enable_deterministic_proto_serialization|"
            r"_message|api_implementation|descriptor_pb2|symbol_database|descriptor_pool|"
            r"reflection)'?$",
            anchors=(
                "enable_deterministic_proto",
                "api_implementation",
                "descriptor_pb2",
                "symbol_database",
                "descriptor_pool",
                "name '_message'",
                "name 'reflection'",
            ),
        ),
        Pattern(r"No module named '?(?P<module>google\.protobuf[\w.]*)'?"),
        Pattern(r"No module named '?(?P<module>google)'?$"),
        Pattern(r"DLL load failed while importing (?P<module>_message)\b"),
        Pattern(r"TypeError: bases must be types", before=(r"google[/\\]protobuf|_pb2",)),
        Pattern(r"TypeError: Couldn't parse file content!"),
        Pattern(r"(?P<module>google/protobuf/pyext/_message\S*\.so): undefined symbol"),
        Pattern(r"Symbol not found: \S*google8protobuf"),
    ),
    yields_to=("protobuf-older-than-code", "protobuf-code-outdated", "protobuf-definitions-twice"),
    seen="protobuf cannot be imported[: {module}][ lacks {missing}].",
    why="The folder google/protobuf holds files of several releases (pip over conda, an upgrade "
    "that broke off), or none because another google package replaced it, or a release too new "
    "for the caller.",
    fix="pip uninstall -y protobuf until it says that it is not installed, then pip install "
    "'protobuf' in the release that pip show tensorflow asks for. In conda, remove conda's "
    "protobuf first.",
    candidates=(
        Candidate(
            cause=Cause.TF_NOT_INSTALLED,
            check="pip show protobuf: nothing is installed in this interpreter.",
        ),
    ),
    source="google/protobuf/__init__.py",
    hits=(
        "ImportError: cannot import name 'descriptor' from 'google.protobuf' (unknown location)\n",
        "ModuleNotFoundError: No module named 'google.protobuf'\n",
        "ImportError: cannot import name 'service' from 'google.protobuf' (/x/__init__.py)\n",
    ),
    misses=("ModuleNotFoundError: No module named 'google.cloud'\n",),
)
