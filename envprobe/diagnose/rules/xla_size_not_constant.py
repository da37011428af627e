"""A size in a compiled function depends on data, and XLA must know all sizes beforehand."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

NODE = r"\{\{node ([^}]+)\}\}"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The node, where the message or the lines below name it."""
    found = compiled(NODE).search(sighting.text)
    return Reading(fields={"node": found.group(1)} if found else {})


RULE = Rule(
    code="LOG351",
    name="xla-size-not-constant",
    cause=Cause.XLA_UNSUPPORTED_OP,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Input (?P<input>[0-9]+) to (?:node `?|\(?)(?P<node>[^\s`)]+).{0,120}must be a "
            r"compile-time constant"
        ),
        Pattern(r"must be a compile-time constant"),
        Pattern(r"XLA compilation requires that operator arguments that represent shapes"),
        Pattern(r"XLA compilation requires a fixed (?P<what>tensor list|stack) size"),
        Pattern(r"XLA can't deduce compile time constant (?P<what>\w+ shape) for strided slice"),
        Pattern(r"XLA can't use dynamic begin values for slice"),
        Pattern(r"XLA can't infer the output dimension"),
        Pattern(r"input dynamic dimension is decomposed into multiple output dynamic dimensions"),
        Pattern(r"Split op doesn't support split for the dynamic dimension"),
        Pattern(r"Only data operand with dynamic dimension is valid"),
        Pattern(
            r"(?:Start|limit) indices (?:and limit indices )?must not have dynamic dimensions",
            anchors=("must not have dynamic dimensions",),
        ),
        Pattern(r"TensorArrays with dynamic size are not supported by XLA"),
        Pattern(r"Support for TensorList crossing the XLA/TF boundary is not implemented"),
        Pattern(r"TensorList.*element shape.* not (?:known|constant)", anchors=("TensorList",)),
        Pattern(r"XLA compilation requires pad_to_max_output_size == True"),
        Pattern(r"output shape must be a compile-time constant"),
        Pattern(r"Update dim size [0-9]+ greater than dynamic slice dimension"),
        Pattern(r"Asked to propagate a dynamic dimension from hlo"),
        Pattern(
            r"Dynamic Spatial (?:Convolution|reduce window) is not supported",
            anchors=("Dynamic Spatial",),
        ),
        Pattern(r"XLA has not implemented dynamic sized slice"),
        Pattern(r"Unable to find the (?:static )?size of .* XLA", anchors=("Unable to find the",)),
    ),
    read=read,
    yields_to=("xla-op-unsupported",),
    seen="XLA needs a size that is known only when the step runs[ (node {node})].",
    why=(
        "XLA compiles for fixed sizes. Here a shape, a slice's bound, or the length of a loop or "
        "list comes from a tensor's values, and while compiling there are none."
    ),
    fix=(
        "Make the size a Python number: x.shape[0] of a batch of fixed size (drop_remainder=True), "
        "a constant instead of tf.shape(x)[i], maximum_iterations=... in tf.while_loop, size=... "
        "and "
        "element_shape=... in a TensorArray, pad_to_max_output_size=True in non-maximum "
        "suppression. "
        "Otherwise take jit_compile=True away."
    ),
    source="tensorflow/compiler/tf2xla/xla_op_kernel.cc",
    hits=(
        "InvalidArgumentError: Graph execution error:\n\nInput 1 to node `net/Reshape` with op "
        "Reshape must be a compile-time constant.\n\nXLA compilation requires that operator "
        "arguments that represent shapes or dimensions be evaluated to concrete values at compile "
        "time. This error means that a shape or dimension argument could not be evaluated at "
        "compile"
        " time, usually because the value of the argument depends on a parameter.\n\t "
        "[[net/Reshape]]\n",
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: XLA compilation requires a "
        "fixed tensor list size. Set the max number of elements. This could also happen if you're "
        "using a TensorArray in a while loop\n\t [[{{node gradient_tape/while/accumulator}}]]\n",
        "InvalidArgumentError: {{function_node __inference_step_4}} Reshape's input dynamic "
        "dimension is decomposed into multiple output dynamic dimensions, but the constraint is "
        "ambiguous and XLA can't infer the output dimension %reshape.3 = f32[8,64]{1,0}\n",
    ),
    misses=(
        "  stride must be a compile-time value\n",
        "Compiled cluster using XLA!  This line is logged at most once for the process.\n",
    ),
)
