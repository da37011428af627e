"""A model file holds Python's own bytecode, written by another Python."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG638",
    name="saved-python-code",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"bad marshal data \((?P<reason>[^)]+)\)"),
        Pattern(r"SystemError: (?P<reason>unknown opcode)"),
        Pattern(
            r"code\(\) (?:takes|expected) (?P<reason>at (?:least|most) [0-9]+ arguments)",
            before=(r"func_load|cloudpickle|dill|pickle|marshal|Lambda",),
        ),
        Pattern(r"code expected (?P<reason>at (?:least|most) [0-9]+ arguments), got"),
        Pattern(r"ValueError: (?P<reason>unsupported pickle protocol: [0-9]+)"),
        Pattern(r"(?P<reason>an integer is required \(got type bytes\))"),
    ),
    seen="Saved Python code cannot be read by this Python[: {reason}].",
    why="A Lambda layer is saved as Python's bytecode, and pickles may hold code as well. "
    "Bytecode of one Python is not that of another.",
    fix="Load the file with the Python that saved it (3.x as there), or build the model in code "
    "with the lambda written out and load its weights only. Replace Lambda layers by layers of "
    "your own before saving again.",
    candidates=(
        Candidate(cause=Cause.CHECKPOINT_MISMATCH, check="The file is damaged: copy it again."),
    ),
    source="keras/src/utils/python_utils.py",
    hits=(
        '  File "/opt/v/lib/python3.8/site-packages/keras/utils/generic_utils.py", line 457, in '
        "func_load\n    code = marshal.loads(raw_code)\nValueError: bad marshal data (unknown type "
        "code)\n",
    ),
    misses=("ValueError: bad input data (unknown type)\n",),
)
