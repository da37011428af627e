"""The runtime reports an end of data, or a step it gave up on purpose, in the words of an error."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG901",
    name="executor-abort-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"this does not indicate an error and you can ignore this message"),
        Pattern(r"Local rendezvous is aborting with status: OUT_OF_RANGE: End of sequence"),
        Pattern(r"Local rendezvous recv item cancelled"),
        Pattern(r"Executor start aborting: OUT_OF_RANGE: End of sequence"),
    ),
    seen="The runtime stopped a step because its data ended, or because the result was not needed.",
    why=(
        "Releases 2.11 to 2.13 and 2.16 and newer write this at the end of every epoch, or while a "
        "function is traced."
    ),
    fix=None,
    source="tensorflow/core/framework/local_rendezvous.cc",
    hits=(
        "2024-06-01 08:00:00.1: W tensorflow/core/framework/local_rendezvous.cc:404] Local "
        "rendezvous"
        " is aborting with status: OUT_OF_RANGE: End of sequence\n\t [[{{node "
        "IteratorGetNext}}]]\n",
        "2023-03-01 08:00:00.1: I tensorflow/core/common_runtime/executor.cc:1197] [/device:CPU:0] "
        "(DEBUG INFO) Executor start aborting (this does not indicate an error and you can ignore "
        "this message): INVALID_ARGUMENT: You must feed a value for placeholder tensor "
        "'gradients/split_1/split_dim' with dtype int32\n",
    ),
    misses=(
        "W tensorflow/core/framework/local_rendezvous.cc:404] Local rendezvous is aborting with "
        "status: INVALID_ARGUMENT: indices[0] = 7 is not in [0, 5)\n",
    ),
)
