from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.check.judging.judge import judge
from envprobe.models.fingerprint import probed_variant
from envprobe.models.foresight import Lowering
from envprobe.models.oplist import OpList, Requirement, Tensor
from envprobe.terms import Evidence, Status
from tests.check.asking import (
    CPU,
    NEWEST,
    cell,
    conv,
    conv_nchw,
    gpu,
    judged,
    node,
    pool_gradient,
    with_onednn,
)

STRING = Requirement(
    op="StringLower",
    inputs=(Tensor(name="input", dtype="string", shape=(2,)),),
    outputs=(Tensor(name="output", dtype="string", shape=(2,)),),
    flops=0.0,
)
POOL3D = node("AvgPool3D", ("input", (2, 6, 6, 6, 2)), dtype="float64")
LRN = node("LRN", ("input", (2, 6, 6, 8)), dtype="float16")


def test_a_cell_of_the_same_kind_decides() -> None:
    seen = cell("Conv2D", "nhwc")
    found = judged(conv(), CPU._replace(cells=(seen,)))
    assert (found.outcome, found.evidence, found.cell) == ("runs", Evidence.MEASURED, seen.key)
    assert found.reason is None


def test_a_cell_that_failed_says_how_and_why() -> None:
    seen = cell("Conv2D", "nhwc", Status.WRONG_RESULT)
    found = judged(conv(), CPU._replace(cells=(seen,)))
    assert (found.outcome, found.evidence) == ("fails", Evidence.MEASURED)
    assert (found.status, found.reason) == (Status.WRONG_RESULT, "it said so")


@pytest.mark.parametrize(
    "other",
    [
        conv(attrs={"strides": [1, 2, 2, 1]}),
        conv(attrs={"dilations": [1, 2, 2, 1]}),
        conv(kernel=(3, 3, 2, 8)),
        conv(attrs={"padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 1, 1, 1, 0, 0]}),
        conv(dtype="float64"),
        conv(compiled=True),
    ],
)
def test_a_cell_says_nothing_of_a_node_that_asks_for_more(other: Requirement) -> None:
    seen = cell("Conv2D", "nhwc", Status.WRONG_RESULT)
    assert judged(other, CPU._replace(cells=(seen,))).evidence is Evidence.REGISTERED


def test_sizes_and_same_or_valid_padding_do_not_decide() -> None:
    seen = cell("Conv2D", "nhwc")
    other = conv((1, 60, 60, 12), (5, 1, 12, 3), attrs={"padding": "VALID"})
    assert judged(other, CPU._replace(cells=(seen,))).cell == seen.key


def test_other_types_of_indices_do_not_decide_where_it_runs() -> None:
    inputs = (("params", (9, 4)), ("indices", (3,)), ("axis", ()))
    gather = node("GatherV2", *inputs, attrs={"batch_dims": 0})
    names = {"params": "float32", "indices": "int64", "axis": "int32"}
    gather = msgspec.structs.replace(
        gather,
        dtypes={"Tparams": "float32", "Tindices": "int64", "Taxis": "int32"},
        inputs=tuple(msgspec.structs.replace(one, dtype=names[one.name]) for one in gather.inputs),
    )
    seen = cell("GatherV2", "default")
    assert judged(gather, CPU._replace(cells=(seen,))).evidence is Evidence.MEASURED
    failed = cell("GatherV2", "default", Status.CRASHED)
    assert judged(gather, CPU._replace(cells=(failed,))).evidence is Evidence.REGISTERED


def test_the_graph_is_nearer_to_a_training_step_than_eager_execution() -> None:
    cells = (cell("Conv2D", "nhwc", Status.CRASHED, mode="eager"), cell("Conv2D", "nhwc"))
    assert judged(conv(), CPU._replace(cells=cells)).outcome == "runs"
    assert judged(conv(), CPU._replace(cells=cells[:1])).outcome == "fails"


def test_a_compiled_node_is_measured_by_compiled_cells() -> None:
    seen = cell("Conv2D", "nhwc", mode="xla")
    assert judged(conv(compiled=True), CPU._replace(cells=(seen,))).cell == seen.key
    assert judged(conv(), CPU._replace(cells=(seen,))).cell is None


@pytest.mark.parametrize("status", [Status.UNTESTED, Status.OUT_OF_MEMORY])
def test_a_cell_that_learned_nothing_of_the_kernel_decides_nothing(status: Status) -> None:
    found = judged(conv(), CPU._replace(cells=(cell("Conv2D", "nhwc", status),)))
    assert (found.outcome, found.evidence) == ("runs", Evidence.REGISTERED)


def test_a_failure_with_the_catalogs_own_inputs_is_no_proof_and_no_good_news() -> None:
    found = judged(conv(), CPU._replace(cells=(cell("Conv2D", "nhwc", Status.FAILED),)))
    assert (found.outcome, found.evidence, found.status) == ("unknown", Evidence.NONE, None)


def test_a_failure_of_a_node_that_is_switched_otherwise_is_no_proof() -> None:
    node_here = node("ResizeArea", ("images", (1, 4, 4, 3)), attrs={"align_corners": True})
    seen = cell("ResizeArea", "default", Status.CRASHED)
    assert judged(node_here, CPU._replace(cells=(seen,))).outcome == "unknown"
    plain = msgspec.structs.replace(node_here, attrs={"align_corners": False})
    assert judged(plain, CPU._replace(cells=(seen,))).outcome == "fails"


def test_the_models_own_node_decides_before_its_kind() -> None:
    own = cell("Conv2D", probed_variant(conv()), Status.FAILED)
    found = judged(conv(), CPU._replace(cells=(cell("Conv2D", "nhwc"), own)))
    assert (found.outcome, found.status, found.cell) == ("fails", Status.FAILED, own.key)


def test_a_composite_measures_what_it_executes() -> None:
    loop = Requirement(op="While", dtypes={"T": ("int32", "float32")}, flops=None)
    seen = cell("lstm", "default")
    assert judged(loop, CPU._replace(cells=(seen,))).evidence is Evidence.MEASURED
    failed = cell("lstm", "default", Status.FAILED)
    assert judged(loop, CPU._replace(cells=(failed,))).evidence is Evidence.REGISTERED


def test_the_gradient_of_the_forward_op_measures_a_backward_node() -> None:
    seen = cell("MaxPool", "nchw", direction="gradient")
    pool = node("MaxPool", ("input", (2, 4, 8, 8)), attrs={"data_format": "NCHW"})
    found = judged(pool_gradient(), CPU._replace(cells=(seen,)), pool)
    assert (found.outcome, found.cell) == ("runs", seen.key)


def test_a_backward_node_that_fails_alone_may_run_beside_its_forward_node() -> None:
    alone = cell("MaxPoolGrad", "nchw", Status.UNIMPLEMENTED)
    beside = cell("MaxPool", "nchw", direction="gradient")
    pool = node("MaxPool", ("input", (2, 4, 8, 8)), attrs={"data_format": "NCHW"})
    target = with_onednn(True)._replace(cells=(alone, beside))
    assert judged(pool_gradient(), target, pool).cell == beside.key
    assert judged(pool_gradient(), target._replace(cells=(alone,)), pool).outcome == "runs"


def test_a_gradient_that_failed_is_this_nodes_where_its_kernel_refuses_such_nodes() -> None:
    seen = cell("MaxPool", "nchw", Status.UNIMPLEMENTED, direction="gradient", dtype="float64")
    pool = node("MaxPool", ("input", (2, 4, 8, 8)), attrs={"data_format": "NCHW"}, dtype="float64")
    found = judged(pool_gradient("float64"), CPU._replace(cells=(seen,)), pool)
    assert (found.outcome, found.evidence, found.cell) == ("fails", Evidence.MEASURED, seen.key)


def test_a_gradient_that_failed_somewhere_is_no_good_news_for_its_nodes() -> None:
    seen = cell("Relu", "default", Status.CRASHED, direction="gradient")
    grad = node("ReluGrad", ("gradients", (2, 3)), ("features", (2, 3)), direction="gradient")
    found = judged(grad, CPU._replace(cells=(seen,)), node("Relu", ("features", (2, 3))))
    assert (found.outcome, found.evidence) == ("unknown", Evidence.NONE)


def test_without_cells_the_registry_says_what_runs() -> None:
    found = judged(conv(), CPU)
    assert (found.outcome, found.evidence, found.reason) == ("runs", Evidence.REGISTERED, None)


def test_what_no_device_has_a_kernel_for_fails() -> None:
    for target in (CPU, gpu()):
        found = judged(POOL3D, target)
        assert (found.outcome, found.status) == ("fails", Status.NO_KERNEL)
        assert "T=float64" in (found.reason or "")


def test_what_only_the_cpu_has_a_kernel_for_falls_back() -> None:
    found = judged(LRN, gpu())
    assert (found.outcome, found.status) == ("falls_back", Status.NO_KERNEL)
    assert judged(LRN, CPU).outcome == "runs"


def test_a_measured_lack_of_a_kernel_falls_back_as_well() -> None:
    seen = cell("LRN", "default", Status.NO_KERNEL, dtype="float16", device="GPU:0")
    found = judged(LRN, gpu(cells=(seen,)))
    assert (found.outcome, found.evidence) == ("falls_back", Evidence.MEASURED)


def test_what_the_code_puts_on_a_missing_kernel_is_moved_as_well() -> None:
    assert judged(msgspec.structs.replace(LRN, device="GPU"), gpu()).outcome == "falls_back"


def test_what_the_code_puts_on_the_cpu_runs_there() -> None:
    assert judged(msgspec.structs.replace(LRN, device="CPU"), gpu()).outcome == "runs"
    assert judged(msgspec.structs.replace(conv_nchw(), device="CPU"), gpu()).outcome == "unknown"


def test_the_host_s_own_work_costs_an_accelerator_nothing() -> None:
    assert judged(STRING, gpu()).outcome == "runs"


def test_xla_leaves_nothing_to_the_cpu() -> None:
    found = judged(msgspec.structs.replace(LRN, op="ResizeBicubic", compiled=True), gpu())
    assert (found.outcome, found.status) == ("fails", Status.NO_KERNEL)


def test_what_xla_compiled_runs_whatever_is_registered() -> None:
    missing = node("ResizeBicubic", ("images", (2, 4, 4, 2)), compiled=True)
    oplist = OpList(source="a", source_kind="python", tensorflow="2.21.0", requirements=(missing,))
    assert judge(oplist, CPU)[0].outcome == "fails"
    told = msgspec.structs.replace(oplist, lowering=Lowering())
    assert judge(told, CPU)[0].outcome == "runs"
    assert judge(told, gpu())[0].outcome == "fails"  # it was asked for a CPU
    refused = msgspec.structs.replace(oplist, lowering=Lowering(error_type="Error", message="no"))
    assert judge(refused, CPU)[0].outcome == "fails"


def test_an_op_that_this_tensorflow_does_not_have() -> None:
    found = judged(node("TheirOwnOp"), CPU)
    assert (found.outcome, found.status) == ("fails", Status.NO_KERNEL)
    assert found.reason == "TensorFlow 2.21.0 has no op TheirOwnOp"


def test_a_registry_that_is_not_known_says_why() -> None:
    target = CPU._replace(registrations=None, registrations_unknown="it could not be read")
    found = judged(conv(), target)
    assert (found.outcome, found.evidence) == ("unknown", Evidence.NONE)
    assert found.reason == "it could not be read"


def test_xla_s_kernels_may_be_unknown() -> None:
    target = CPU._replace(registrations=msgspec.structs.replace(NEWEST, xla="it was not built in"))
    assert judged(conv(compiled=True), target).outcome == "unknown"
    assert judged(conv(), target).outcome == "runs"


def test_a_kernel_that_was_seen_to_refuse_elsewhere_is_no_good_news() -> None:
    where = node("Where", ("input", (2, 3)), dtype="float16")
    found = judged(where, CPU)
    assert (found.outcome, found.evidence) == ("fails", Evidence.REGISTERED)
    assert "TensorFlow 2.21.0" in (found.reason or "")
    assert judged(node("Where", ("input", (2, 3))), CPU).outcome == "runs"


@pytest.mark.parametrize(
    ("capability", "dtype", "emulated"),
    [
        ("7.0", "bfloat16", True),
        ("8.0", "bfloat16", False),
        ("5.2", "float16", True),
        ("7.0", "float16", False),
        ("7.0", "float32", False),
        (None, "bfloat16", False),
    ],
)
def test_a_gpu_without_the_arithmetic_emulates_it(
    capability: str | None, dtype: str, emulated: bool
) -> None:
    found = judged(conv(dtype=dtype), gpu(capability))
    assert (found.outcome, found.emulated) == ("runs", emulated)


def test_moving_numbers_needs_no_arithmetic() -> None:
    moved = node("Identity", ("input", (2, 3)), dtype="bfloat16", flops=0.0)
    assert not judged(moved, gpu("7.0")).emulated
    assert not judged(conv(dtype="bfloat16"), with_onednn(False)).emulated


def test_answers_come_in_the_order_of_the_requirements_and_name_them() -> None:
    asked = (conv(), POOL3D, msgspec.structs.replace(conv(), count=7), STRING)
    oplist = OpList(source="a", source_kind="python", requirements=asked)
    assert tuple(one.requirement for one in judge(oplist, CPU)) == asked


OPS = st.sampled_from(["Conv2D", "AvgPool3D", "Where", "While", "TheirOwnOp", "MaxPoolGrad"])
DTYPES = st.sampled_from(["float16", "bfloat16", "float32", "float64"])
STATUSES = st.sampled_from([one for one in Status if one is not Status.SUPPORTED])


@given(OPS, DTYPES, st.booleans())
def test_without_evidence_nothing_is_known(op: str, dtype: str, compiled: bool) -> None:
    target = CPU._replace(registrations=None, tensorflow=None)
    found = judged(node(op, dtype=dtype, compiled=compiled), target)
    assert (found.outcome, found.evidence) == ("unknown", Evidence.NONE)
    assert found.reason


@given(DTYPES, STATUSES, st.sampled_from(["graph", "eager"]))
def test_a_bad_cell_never_makes_an_answer_better(dtype: str, status: Status, mode: str) -> None:
    order = ["fails", "unknown", "falls_back", "runs"]
    bare = judged(conv(dtype=dtype), CPU)
    seen = cell("Conv2D", "nhwc", status, dtype=dtype, mode=mode)
    found = judged(conv(dtype=dtype), CPU._replace(cells=(seen,)))
    assert order.index(found.outcome) <= order.index(bare.outcome)
    assert (found.reason is None) == (found.outcome == "runs")
