"""A kernel in the library belongs to an op that is not registered, and nobody asks for it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG382",
    name="unknown-op-kernel-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"OpKernel \('op: \"(?P<op>\w+)\" device_type: \"\w+\".*'\) for unknown op: \w+"),
    ),
    seen="The library holds a kernel for the op {op}, which is not registered.",
    why="Builds for phones and of TensorFlow 1 write this at their start; the kernel is not used.",
    fix=None,
    source="tensorflow/core/framework/op_kernel.cc",
    hits=(
        "2018-03-03 10:00:00.1: E tensorflow/core/framework/op_kernel.cc:1242] OpKernel ('op: "
        '"BucketOf" device_type: "CPU"\') for unknown op: BucketOf\n',
    ),
    misses=("NotFoundError: Op type not registered 'BucketOf' in binary running on a.\n",),
)
