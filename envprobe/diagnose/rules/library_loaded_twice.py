"""Two copies of TensorFlow, or of what it is made of, meet in one process."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG655",
    name="library-loaded-twice",
    cause=Cause.ABI_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"generic_type: type \"(?P<what>[\w:]+)\" is already registered"),
        Pattern(r"RegisterAlreadyLocked\(\w+\) (?:is OK|status).*(?:name|Op) (?P<what>\w+)"),
        Pattern(
            r"[Oo]p with name (?P<what>\w+)(?: already exists|$)",
            anchors=("Op with name ", "op with name "),
        ),
        Pattern(r"Registering two (?P<what>gradient|\w+) with name '(?P<name>\w+)'"),
        Pattern(r"KeyError: \"?'?Registering two \w+ with name '(?P<name>\w+)'"),
        Pattern(r"mutex lock failed: (?P<what>Invalid argument)"),
        Pattern(r"\[mutex\.cc : [0-9]+\] RAW: (?P<what>Lock blocking)"),
        Pattern(r"Duplicate registration of (?P<what>device|kernel|op)\S*"),
        Pattern(r"ERROR: flag '(?P<what>\w+)' was defined more than once"),
        Pattern(r"The flag '(?P<what>\w+)' is defined twice"),
        Pattern(r"DuplicateFlagError: The flag '(?P<what>\w+)' is defined twice"),
    ),
    yields_to=("macos-metal", "protobuf-definitions-twice"),
    seen="Something was registered twice in one process[: {what}].",
    why="Two packages bring the same compiled parts (tensorflow beside tf-nightly or "
    "tensorflow-cpu, TensorFlow beside a package that links its own abseil or protobuf), or a "
    "module was loaded a second time.",
    fix="pip list and keep one TensorFlow only. Import TensorFlow before the other package (or "
    "after it). On macOS upgrade both, and TensorFlow's pyarrow, protobuf and grpcio. In a "
    "notebook restart the kernel.",
    candidates=(
        Candidate(
            cause=Cause.PROTOBUF_ABI_MISMATCH,
            check="protobuf or a package that bundles it is there twice.",
        ),
        Candidate(cause=Cause.HANG_TIMEOUT, check="The process stands still behind the line."),
    ),
    source="tensorflow/core/framework/op.cc",
    hits=(
        'ImportError: generic_type: type "ModelDesc" is already registered!\n',
        "libc++abi: terminating due to uncaught exception of type std::__1::system_error: mutex "
        "lock failed: Invalid argument\n",
    ),
    misses=(
        "E0000 cuda_dnn.cc:8310] Unable to register cuDNN factory: Attempting to register factory "
        "for plugin cuDNN when one has already been registered\n",
    ),
)
