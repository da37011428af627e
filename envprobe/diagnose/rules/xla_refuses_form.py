"""XLA knows the op, and does not compile it with these settings."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG352",
    name="xla-refuses-form",
    cause=Cause.XLA_UNSUPPORTED_OP,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"(?P<refused>XLA does not support .{3,120}?)(?:\.|$)", anchors=("XLA does not",)),
        Pattern(r"(?P<refused>[\w ]+ do not yet have a deterministic XLA implementation)"),
        Pattern(
            r"(?P<refused>HLO instruction .{1,80} does not have a deterministic implementation)",
            anchors=("does not have a deterministic implementation",),
        ),
        Pattern(r"(?P<refused>XLA compiled without GPU collectives support)"),
        Pattern(r"(?P<refused>Custom call API version `\w+` is not supported by XLA:\w+)"),
        Pattern(r"(?P<refused>No registered implementation for (?:untyped )?custom call to \S+)"),
        Pattern(r"(?P<refused>\w+ is not (?:yet )?supported by XLA:\w+ ThunkEmitter)"),
        Pattern(r"(?P<refused>\w[\w ]{2,60} (?:is|are) not implemented on XLA)"),
        Pattern(
            r"(?P<refused>XLA has not implemented dynamic sized slice with non-triv\w+ stride)"
        ),
        Pattern(r"(?P<refused>Condition argument must be a \w+ for XLA compilation)"),
        Pattern(r"(?P<refused>XLA compilation requires number of boxes to be <= kint32max)"),
        Pattern(
            r"(?P<refused>XLA (?:Split/Concat|concat/split) ops are supported only for Ranked "
            r"Tensor)",
            anchors=("ops are supported only for ",),
        ),
        Pattern(r"(?P<refused>Non-XLA devices don't support the ThreeFry algorithm)"),
    ),
    yields_to=("xla-op-unsupported", "xla-size-not-constant"),
    seen="XLA refuses: {refused}.",
    why="XLA has a kernel for the op, but not for this setting of it.",
    fix=(
        "Take jit_compile=True away from the function, or change the setting that the message "
        "names."
    ),
    source="tensorflow/compiler/tf2xla/kernels",
    hits=(
        "UnimplementedError: Graph execution error:\n\nXLA does not support pooling ops with "
        "explicit padding.\n\t [[{{node m/MaxPool}}]] [Op:__inference_one_step_on_iterator_5]\n",
        "UnimplementedError: GPU MaxPool gradient ops do not yet have a deterministic XLA "
        "implementation.\n\t [[{{node MaxPoolGrad}}]]\n",
    ),
    misses=("I tensorflow/compiler/jit/xla_cpu_device.cc:41] Not creating XLA devices\n",),
)
