"""Texts as TensorFlow 2.13 and 2.21 raised them, and the status each stands for."""

from __future__ import annotations

import pytest

from envprobe.worker.classify import MAX_REASON, classify


def raised(name: str, text: str) -> BaseException:
    """An exception of a TensorFlow type, without TensorFlow."""
    error: BaseException = type(name, (Exception,), {})(text)
    return error


CASES = [
    (
        "UnimplementedError",
        "Graph execution error:\n\nDetected at node 'Conv2D' defined at (most recent call last):\n"
        '    File "/w/__main__.py", line 52, in <module>\n      main()\n'
        '    File "/w/__main__.py", line 48, in main\n      loop.serve(3, 4)\n'
        "Node: 'Conv2D'\n"
        "The Conv2D op currently only supports the NHWC tensor format on the CPU.\n"
        "\t [[{{node Conv2D}}]] [Op:__inference_placed_12]",
        "unimplemented",
        "UnimplementedError: The Conv2D op currently only supports the NHWC tensor format on the "
        "CPU.",
    ),
    (
        "InvalidArgumentError",
        "Value for attr 'T' of int8 is not in the list of allowed values: half, bfloat16, float, "
        "double, int32\n\t; NodeDef: {{node Conv2D}}; Op<name=Conv2D; signature=input:T>",
        "invalid_dtype",
        "InvalidArgumentError: Value for attr 'T' of int8 is not in the list of allowed values: "
        "half, bfloat16, float, double, int32",
    ),
    (
        "TypeError",
        "Value passed to parameter 'input' has DataType int8 not in list of allowed values: half",
        "invalid_dtype",
        None,
    ),
    (
        "NotFoundError",
        "Could not find device for node: {{node Cholesky}} = Cholesky[T=DT_HALF]\n"
        "All kernels registered for op Cholesky:\n  device='CPU'; T in [DT_FLOAT]\n [Op:Cholesky]",
        "no_kernel",
        None,
    ),
    (
        "InvalidArgumentError",
        "Detected unsupported operations when trying to compile graph __inference_f on "
        "XLA_CPU_JIT: Unique (No registered 'Unique' OpKernel for XLA_CPU_JIT devices)",
        "no_kernel",
        None,
    ),
    (
        "UnimplementedError",
        "{{function_node __wrapped__Conv2D_device_/job:localhost/replica:0/task:0/device:CPU:0}} "
        "The Conv2D op currently only supports the NHWC tensor format on the CPU. "
        "The op was given the format: NCHW [Op:Conv2D] name: ",
        "unimplemented",
        "UnimplementedError: The Conv2D op currently only supports the NHWC tensor format on the "
        "CPU. The op was given the format: NCHW",
    ),
    (
        "InvalidArgumentError",
        "Graph execution error:\n\nDetected at node gradient_tape/Conv2DBackpropFilter defined at "
        '(most recent call last):\n  File "model.py", line 24, in placed\n\n'
        "Conv2DCustomBackpropFilterOp only supports NHWC.\n\t [[{{node gradient_tape/x}}]]",
        "unimplemented",
        "InvalidArgumentError: Conv2DCustomBackpropFilterOp only supports NHWC.",
    ),
    (
        "ResourceExhaustedError",
        "OOM when allocating tensor with shape[8192,8192] and type float on GPU:0",
        "out_of_memory",
        None,
    ),
    ("InternalError", "CUBLAS_STATUS_ALLOC_FAILED", "out_of_memory", None),
    ("UnimplementedError", "DNN library is not found.", "failed", None),
    ("InternalError", "Unexpected: CUDNN_STATUS_NOT_SUPPORTED", "unimplemented", None),
    ("InternalError", "CUDA_ERROR_ILLEGAL_ADDRESS: while waiting for event", "crashed", None),
    ("NothingRanError", "the graph optimizer left no Cast to be run", "untested", None),
    ("MemoryError", "", "out_of_memory", "MemoryError: no message"),
    ("LookupError", "No gradient defined for operation Round", "unimplemented", None),
    ("NotApplicable", "TensorFlow 2.13.1 has no op Erfc2", "untested", None),
    ("InternalError", "cudnnGetVersion failed", "failed", "InternalError: cudnnGetVersion failed"),
    ("ZeroDivisionError", "division by zero", "failed", None),
]


@pytest.mark.parametrize(("name", "text", "status", "reason"), CASES)
def test_status_and_reason(name: str, text: str, status: str, reason: str | None) -> None:
    seen, said = classify(raised(name, text))
    assert seen == status
    assert said
    if reason is not None:
        assert said == reason


def test_a_reason_is_one_short_line() -> None:
    _, said = classify(raised("InternalError", "x" * 5000 + "\nsecond"))
    assert len(said) == MAX_REASON
    assert "\n" not in said
