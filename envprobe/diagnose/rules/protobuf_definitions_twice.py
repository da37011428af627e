"""Two libraries of one process register the same protobuf messages."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG603",
    name="protobuf-definitions-twice",
    cause=Cause.PROTOBUF_ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"File already exists in database: (?P<file>\S+)"),
        Pattern(r"CHECK failed: (?:GeneratedDatabase\(\)|generated_database_)->Add\("),
        Pattern(r"Couldn't build proto file into descriptor pool", after=(r"duplicate |Invalid",)),
        Pattern(r"Couldn't build proto file into descriptor pool"),
        Pattern(r"Invalid proto descriptor for file \"(?P<file>[^\"]+)\""),
        Pattern(r"duplicate file name '?\(?(?P<file>[\w./]+)"),
        Pattern(r"duplicate symbol '(?P<file>[\w./]+)'"),
        Pattern(r"Conflict register for file \"(?P<file>[^\"]+)\""),
        Pattern(r"A file with this name is already in the pool"),
        Pattern(
            r"\"(?P<file>[\w.]+)\" is already defined in file \"[^\"]+\"\.",
            anchors=("is already defined in file",),
        ),
        Pattern(
            r"Parameter to MergeFrom\(\) must be instance of same class: expected (?P<file>[\w.]+)"
        ),
        Pattern(r"TypeError: expected bytes, Descriptor found"),
        Pattern(
            r"Parameter to CopyFrom\(\) must be instance of same class: expected "
            r"(?P<file>[\w.]+)"
        ),
        Pattern(r"SystemError: google/protobuf/pyext/\w+\.cc:[0-9]+: bad argument to internal"),
    ),
    seen="The message definitions[ {file}] were registered twice, by two copies of protobuf.",
    why="Each copy of the protobuf library in a process keeps one pool of definitions. Two "
    "packages that bring the same .proto files (two TensorFlow packages, TensorFlow and a "
    "package that bundles a part of it), or protobuf's Python and C++ halves of two releases, "
    "collide there.",
    fix="pip list for a second TensorFlow (tensorflow, tensorflow-cpu, tf-nightly, "
    "intel-tensorflow) and for two protobufs (pip and conda): remove all of them and install "
    "one. With a package that bundles the same messages, try "
    "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python.",
    candidates=(
        Candidate(
            cause=Cause.ABI_MISMATCH,
            check="A second library that holds TensorFlow's objects is loaded: import it first.",
        ),
    ),
    source="google/protobuf/descriptor_database.cc",
    hits=(
        "[libprotobuf ERROR google/protobuf/descriptor_database.cc:642] File already exists in "
        "database: tensorflow/core/example/example.proto\n[libprotobuf FATAL google/protobuf/"
        "descriptor.cc:1986] CHECK failed: GeneratedDatabase()->Add(encoded_file_descriptor, size)"
        ": \nterminate called after throwing an instance of 'google::protobuf::FatalException'\n",
        "TypeError: Couldn't build proto file into descriptor pool: duplicate file name "
        "tensorflow/tsl/protobuf/histogram.proto\n",
    ),
    misses=(
        "ValueError: duplicate symbol in the vocabulary\n",
        "TypeError: Descriptors cannot be created directly.\n",
    ),
)
