"""What is read out of the texts in which TensorFlow says what XLA refuses."""

from __future__ import annotations

import pytest

from envprobe.worker.model.xla_refusal import is_decided_by_ops, refusal_from_text, wants_value

NO_KERNEL = """Failed getting HLO text: 'Detected unsupported operations when trying to compile \
graph __inference_one_step_on_data_801[] on XLA_CPU_JIT: ResizeBicubic (No registered \
'ResizeBicubic' OpKernel for XLA_CPU_JIT devices compatible with node {{node \
model/up/resize/ResizeBicubic}}){{node model/up/resize/ResizeBicubic}}
The op is created at:
File "home/a/net.py", line 12, in build
File "home/a/net.py", line 8, in call
tf2xla conversion failed while converting __inference_one_step_on_data_801[]. Run with \
TF_DUMP_GRAPH_PREFIX=/path/to/dump/dir and --vmodule=xla_compiler=2 to obtain a dump.'"""
OLD_STACK = """Failed getting HLO text: 'Detected unsupported operations when trying to compile \
graph __inference_f_36[] on XLA_CPU_JIT: PyFunc (No registered 'PyFunc' OpKernel for XLA_CPU_JIT \
devices compatible with node {{node PyFunc}}){{node PyFunc}}
The op is created at:
File "home/a/net.py", line 12, in <module>
  main()
File "home/a/net.py", line 8, in main
  fit(model)
'"""
IN_FUNCTION = """Failed getting HLO text: 'Detected unsupported operations when trying to compile \
graph __inference_step_7[] on XLA_CPU_JIT: MatrixDeterminant (No registered 'MatrixDeterminant' \
OpKernel for XLA_CPU_JIT devices compatible with node {{function_node __forward_f_6}} {{node \
MatrixDeterminant}}){{function_node __forward_f_6}} {{node MatrixDeterminant}}'"""
CONSTANT = """Failed getting HLO text: 'Input 1 to node `model/rows/Reshape` with op Reshape must \
be a compile-time constant.

XLA compilation requires that operator arguments that represent shapes or dimensions be evaluated \
to concrete values at compile time.

Stack trace for op definition:
File "home/a/net.py", line 8, in call

 [[{{node model/rows/Reshape}}]]
tf2xla conversion failed while converting __inference_step_7[].'"""
MARKED = """Failed getting HLO text: 'Reading input as constant from a dynamic tensor is not yet \
supported. Xla shape: s32[<=8]

Stack trace for op definition:
File "home/a/net.py", line 8, in call

 [[{{node net/moe/DynamicStitch}}]]
tf2xla conversion failed while converting __inference_step_7[].'"""


@pytest.mark.parametrize(
    ("text", "op", "node"),
    [
        (NO_KERNEL, "ResizeBicubic", "model/up/resize/ResizeBicubic"),
        (OLD_STACK, "PyFunc", "PyFunc"),
        (IN_FUNCTION, "MatrixDeterminant", "MatrixDeterminant"),
        (CONSTANT, "Reshape", "model/rows/Reshape"),
        (MARKED, None, "net/moe/DynamicStitch"),
    ],
)
def test_node_and_op_are_those_that_the_text_names(text: str, op: str | None, node: str) -> None:
    refusal = refusal_from_text(text)
    assert (refusal.op, refusal.node) == (op, node)


@pytest.mark.parametrize("text", [NO_KERNEL, OLD_STACK, IN_FUNCTION, CONSTANT, MARKED])
def test_the_message_is_without_stacks_marks_and_numbers_of_this_run(text: str) -> None:
    message = refusal_from_text(text).message
    for noise in ("File ", "{{", "tf2xla", "__inference", "__forward", "HLO text", "\n"):
        assert noise not in message


def test_the_function_is_told_where_the_text_names_one() -> None:
    assert refusal_from_text(IN_FUNCTION).function == "__forward_f_6"
    assert refusal_from_text(NO_KERNEL).function is None


def test_a_missing_value_is_no_missing_op() -> None:
    missing, value = refusal_from_text(NO_KERNEL), refusal_from_text(CONSTANT)
    assert (is_decided_by_ops(missing), wants_value(missing)) == (True, False)
    assert (is_decided_by_ops(value), wants_value(value)) == (False, True)


def test_a_text_of_another_kind_is_quoted() -> None:
    refusal = refusal_from_text("Failed getting HLO text: 'Pivoting is not supported.'")
    assert refusal.message == "Pivoting is not supported."
    assert (refusal.op, refusal.node) == (None, None)
