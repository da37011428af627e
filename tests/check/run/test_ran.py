"""From what a real step came to, to findings: causes, culprits, and what other devices do."""

from __future__ import annotations

from typing import Any

import pytest

from envprobe.check.run.ran import findings_of_run, ran_well
from envprobe.models.dry_run import DryRun, EdgeRun, NonFinite, Origin
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause, Severity

RAN = DryRun(source="m.py:build", mode="train", device="CPU:0", loss=0.5, seconds=0.1)


def raised(message: str, error_type: str = "InvalidArgumentError", **more: Any) -> TraceFailure:
    return TraceFailure(stage="run", error_type=error_type, message=message, **more)


def run_with(device: str = "CPU:0", **more: Any) -> DryRun:
    return DryRun(source="m.py:build", mode="train", device=device, **more)


# What TensorFlow's kernels, its runtime and XLA say, and the cause behind it.
SAID = [
    (
        "No OpKernel was registered to support Op 'AvgPool3D' used by {{node a/pool/AvgPool3D}} "
        'with these attrs: [data_format="NDHWC", T=DT_HALF]\nRegistered devices: [CPU]\n'
        "Registered kernels:\ndevice='XLA_CPU_JIT'; T in [DT_FLOAT, DT_HALF]",
        "InvalidArgumentError",
        Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    ),
    (
        "Detected unsupported operations when trying to compile graph __inference_one_step_9[] on "
        "XLA_CPU_JIT: ResizeBicubic (No registered 'ResizeBicubic' OpKernel for XLA_CPU_JIT devices"
        " compatible with node {{node up/ResizeBicubic}}){{node up/ResizeBicubic}}",
        "InvalidArgumentError",
        Cause.XLA_UNSUPPORTED_OP,
    ),
    (
        "Reading input as constant from a dynamic tensor is not yet supported. Xla shape: s32[<=8]",
        "UnimplementedError",
        Cause.XLA_UNSUPPORTED_OP,
    ),
    (
        "Conv2DCustomBackpropFilterOp only supports NHWC.",
        "InvalidArgumentError",
        Cause.UNIMPLEMENTED_CPU_FORMAT,
    ),
    (
        "The Conv2D op currently only supports the NHWC tensor format on the CPU. The op was given "
        "the format: NCHW",
        "UnimplementedError",
        Cause.UNIMPLEMENTED_CPU_FORMAT,
    ),
    (
        "Default MaxPoolingOp only supports NHWC on device type CPU",
        "InvalidArgumentError",
        Cause.UNIMPLEMENTED_CPU_FORMAT,
    ),
    (
        "Current implementation only supports equal length strides in the row and column "
        "dimensions.",
        "InvalidArgumentError",
        Cause.UNIMPLEMENTED_ON_DEVICE,
    ),
    (
        "Received a label value of 9 which is outside the valid range of [0, 5).  Label values: 9",
        "InvalidArgumentError",
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
    ),
    ("indices[0,2] = 10 is not in [0, 10)", "InvalidArgumentError",
     Cause.INVALID_ARGUMENT_AT_RUNTIME),
    ("assertion failed: [pixels] [Condition x <= y did not hold]", "InvalidArgumentError",
     Cause.INVALID_ARGUMENT_AT_RUNTIME),
    ("Input is not invertible.", "InvalidArgumentError", Cause.INVALID_ARGUMENT_AT_RUNTIME),
    ("not a number : Tensor had -Inf values", "InvalidArgumentError", Cause.NAN_INF),
    ("Incompatible shapes: [3,4] vs. [2,4]", "InvalidArgumentError", Cause.SHAPE_MISMATCH),
    (
        "Input to reshape is a tensor with 16 values, but the requested shape requires a multiple "
        "of 5",
        "InvalidArgumentError",
        Cause.SHAPE_MISMATCH,
    ),
    ("Matrix size-incompatible: In[0]: [1,4], In[1]: [8,4]", "InvalidArgumentError",
     Cause.SHAPE_MISMATCH),
    ("required broadcastable shapes", "InvalidArgumentError", Cause.SHAPE_MISMATCH),
    (
        "OOM when allocating tensor with shape[1,2] and type float on /device:CPU:0",
        "ResourceExhaustedError",
        Cause.OOM_HOST,
    ),
    ("End of sequence", "OutOfRangeError", Cause.DATA_PIPELINE),
    ("libdevice not found at ./libdevice.10.bc", "InternalError", Cause.PTXAS_LIBDEVICE_MISSING),
    ("DNN library initialization failed.", "UnimplementedError", Cause.CUDNN_INIT_FAILED),
    ("Something nobody has seen yet", "InternalError", Cause.GRAPH_EXECUTION_GENERIC),
]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "error_type", "cause"), SAID, ids=[one[0][:25] for one in SAID]
)
def test_the_cause_of_what_an_op_says(message: str, error_type: str, cause: Cause) -> None:
    failure = raised(message, error_type, op="Culprit", layer="blamed", layer_class="Mine")
    (finding,) = findings_of_run(run_with(failure=failure))
    assert finding.cause is cause
    assert (finding.code, finding.severity) == ("CHK501", Severity.ERROR)
    assert (finding.op, finding.layer) == ("Culprit", "blamed")
    assert "{{node" not in finding.seen
    assert "__inference" not in finding.seen
    assert finding.why


def test_a_step_that_ran_has_no_finding() -> None:
    assert ran_well(RAN)
    assert findings_of_run(RAN) == ()


def test_where_it_was_raised_is_told() -> None:
    failure = raised(
        "No OpKernel was registered to support Op 'AvgPool3D' used by x with these attrs: "
        "[T=DT_HALF]",
        op="AvgPool3D", layer="pool", layer_class="AveragePooling3D", file="/a/b/net.py", line=7,
        function="build",
    )  # fmt: skip
    (finding,) = findings_of_run(run_with(failure=failure))
    assert finding.dtype == "float16"
    assert finding.seen.startswith("AvgPool3D, layer 'pool' (AveragePooling3D), net.py:7 (build)")
    assert finding.seen.endswith("no kernel of AvgPool3D is registered for this dtype.")
    assert not ran_well(run_with(failure=failure))


def test_an_id_outside_a_table_is_the_embeddings() -> None:
    failure = raised("indices[0] = 9 is not in [0, 5)", op="GatherV2", layer_class="Embedding")
    (finding,) = findings_of_run(run_with(failure=failure))
    assert finding.cause is Cause.EMBEDDING_INDEX_OUT_OF_RANGE


def test_shapes_that_a_loss_compares_are_those_of_the_target() -> None:
    failure = raised("Incompatible shapes: [4,3] vs. [4,5]", op="Sub", part="loss", part_name="own")
    (finding,) = findings_of_run(run_with(failure=failure))
    assert finding.cause is Cause.LABEL_LOSS_MISMATCH
    assert "loss 'own'" in finding.seen


@pytest.mark.parametrize(
    "message", ["Received a label value of 9", "indices[0] = 7 is not in [0, 4)"]
)
def test_what_a_gpu_does_instead_is_said_of_a_cpu_only(message: str) -> None:
    (on_cpu,) = findings_of_run(run_with(failure=raised(message, op="GatherV2")))
    (on_gpu,) = findings_of_run(run_with("GPU:0", failure=raised(message, op="GatherV2")))
    assert "A GPU does not raise" in on_cpu.why
    assert "A GPU does not raise" not in on_gpu.why


def test_the_same_words_of_a_gpu_are_another_cause() -> None:
    memory = raised("OOM when allocating tensor", "ResourceExhaustedError")
    layout = raised("Generic conv only supports NHWC", "UnimplementedError")
    causes = [findings_of_run(run_with("GPU:0", failure=one))[0].cause for one in (memory, layout)]
    assert causes == [Cause.OOM_GPU, Cause.UNIMPLEMENTED_ON_DEVICE]


@pytest.mark.parametrize(
    ("error_type", "code", "cause", "severity"),
    [
        ("TimedOut", "CHK503", Cause.HANG_TIMEOUT, Severity.WARNING),
        ("OutOfMemory", "CHK504", Cause.OOM_HOST, Severity.ERROR),
        ("ProcessDied", "CHK505", Cause.GRAPH_EXECUTION_GENERIC, Severity.ERROR),
    ],
)
def test_a_process_that_was_lost(
    error_type: str, code: str, cause: Cause, severity: Severity
) -> None:
    failure = TraceFailure(stage="lost", error_type=error_type, message="no answer within 8 s")
    (finding,) = findings_of_run(run_with(failure=failure))
    assert (finding.code, finding.cause, finding.severity) == (code, cause, severity)
    assert "no answer within 8 s" in finding.seen


def test_what_fails_before_the_step_keeps_its_own_code() -> None:
    failure = TraceFailure(stage="trace", error_type="ValueError", message="no luck today")
    (finding,) = findings_of_run(run_with(failure=failure))
    assert finding.code.startswith("CHK1")


def test_a_request_that_does_not_fit_is_no_fault_of_the_model() -> None:
    failure = TraceFailure(stage="load", error_type="RefusedError", message="no 'f'", refused=True)
    (finding,) = findings_of_run(run_with(failure=failure))
    assert (finding.code, finding.severity) == ("CHK506", Severity.WARNING)


DIVISION = Origin(
    op="RealDiv", made="NaN", dtype="float32", inputs=("float32[] (all 0)", "float32[] (all 0)"),
    part="loss", part_name="dice", file="/a/net.py", line=7, function="dice",
)  # fmt: skip


def test_who_made_nan_of_what_is_told() -> None:
    left = NonFinite(what=("loss", "weights"), names=("loss", "a/kernel"), origin=DIVISION)
    (finding,) = findings_of_run(run_with(non_finite=left))
    assert (finding.code, finding.cause) == ("CHK502", Cause.NAN_INF)
    assert finding.seen == (
        "After one step the loss and weights (a/kernel) are NaN or infinite. It began at RealDiv "
        "in loss 'dice', net.py:7 (dice), which made NaN of float32[] (all 0) and "
        "float32[] (all 0)."
    )
    assert "divide_no_nan" in (finding.fix or "")


@pytest.mark.parametrize(
    ("origin", "why"),
    [
        (Origin(op="MatMul", made="infinity", dtype="float16"), "65504"),
        (Origin(op="Log", made="infinity", dtype="float16"), "logarithm of zero"),
        (Origin(op="Mean", made="NaN", inputs=("float32[0] (empty)", "int32[1]")), "no element"),
        (Origin(op="Softmax", made="NaN", inputs=("float32[2] (2 of 2 infinite)",)), "mask"),
        (Origin(op="Cholesky", made="NaN"), "singular"),
        (Origin(op="Reciprocal", made="infinity", gradient_of="Log"), "tf.where"),
        (Origin(op="SqrtGrad", made="infinity", gradient_of="Sqrt"), "slope of a root"),
        (Origin(op="SparseSoftmaxCrossEntropyWithLogits", made="NaN"), "label that is no class"),
        (Origin(op="NobodyKnows", made="NaN"), "not a finite number"),
    ],
)
def test_why_an_op_makes_bad_numbers(origin: Origin, why: str) -> None:
    left = NonFinite(what=("loss",), names=("loss",), origin=origin)
    (finding,) = findings_of_run(run_with(non_finite=left))
    assert why in finding.why
    assert finding.fix


def test_bad_data_are_blamed_on_nothing_else() -> None:
    left = NonFinite(what=("batch", "loss"), names=("loss",), unknown="the batch holds NaN")
    (finding,) = findings_of_run(run_with(non_finite=left))
    assert finding.seen.startswith("The batch itself holds NaN or infinity.")
    assert finding.op is None


def test_an_origin_that_nobody_saw_is_said() -> None:
    left = NonFinite(what=("loss",), names=("loss",), unknown="it does not run op by op")
    (finding,) = findings_of_run(run_with(non_finite=left))
    assert "it does not run op by op" in finding.why


def test_what_an_unusual_batch_breaks_is_a_warning_once() -> None:
    failure = raised("Incompatible shapes: [1,4] vs. [8,4]", op="AddV2", layer="of_eight")
    left = NonFinite(what=("loss",), names=("loss",), origin=DIVISION)
    edges = (
        EdgeRun(edge="all targets 0", non_finite=left),
        EdgeRun(edge="all targets 1"),
        EdgeRun(edge="a last batch of 1 after batches of 8", failure=failure),
        EdgeRun(edge="a last batch of 7 after batches of 8", failure=failure),
    )
    run = run_with(edges=edges)
    assert ran_well(run)
    zeros, rest = findings_of_run(run)
    assert (zeros.code, zeros.severity) == ("CHK508", Severity.WARNING)
    assert (rest.code, rest.severity) == ("CHK507", Severity.WARNING)
    assert zeros.seen.startswith("The step ran, but not with all targets 0: ")
    assert rest.seen.startswith(
        "The step ran, but not with a last batch of 1 after batches of 8, nor with a last batch of "
        "7 after batches of 8: "
    )
