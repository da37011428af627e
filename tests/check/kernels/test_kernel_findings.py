from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from envprobe.check.judgement import Judgement, Outcome
from envprobe.check.judging.judge import judge
from envprobe.check.kernels.kernel_findings import kernel_findings
from envprobe.check.result import CheckFinding
from envprobe.check.target import Target
from envprobe.matrix.matrix import Device, Environment
from envprobe.models.oplist import OpList, Place, Requirement, Tensor
from envprobe.registrations import read_release
from envprobe.terms import Cause, Evidence, Severity, Status

NEW = read_release("2.21.0")
CPU = Target(
    "this machine",
    Device(name="CPU:0", device_type="CPU"),
    tensorflow="2.21.0",
    registrations=NEW,
)
POOL = Place(layer="pool3d", file="/home/a/net.py", line=6)


def gpu(capability: str, model: str) -> Target:
    device = Device(name="GPU:0", device_type="GPU", model=model, compute_capability=capability)
    return CPU._replace(device=device, cpu=CPU)


def node(op: str, dtype: str, *places: Place, **fields: Any) -> Requirement:
    shape = fields.pop("shape", (2, 6, 6, 6, 2))
    tensor = Tensor(name="input", dtype=dtype, shape=shape)
    return Requirement(
        op=op, dtypes={"T": dtype}, inputs=(tensor,), outputs=(tensor,), places=places,
        **{"flops": 10.0, **fields},
    )  # fmt: skip


def fails(requirement: Requirement, status: Status = Status.NO_KERNEL, **more: Any) -> Judgement:
    return told(requirement, "fails", status=status, **{"reason": "it said so", **more})


def told(requirement: Requirement, outcome: Outcome, **more: Any) -> Judgement:
    return Judgement(requirement, outcome, **{"evidence": Evidence.REGISTERED, **more})


def found(
    *judgements: Judgement,
    target: Target = CPU,
    after: Callable[[Requirement], Judgement] | None = None,
    **oplist: Any,
) -> tuple[CheckFinding, ...]:
    """The findings; `after` judges what a changed model would come to, and nothing runs there
    without it."""
    model = OpList(
        source="net.py:build", source_kind="python_file",
        requirements=tuple(one.requirement for one in judgements), **oplist,
    )  # fmt: skip
    return kernel_findings(
        model,
        target,
        judgements,
        judge=lambda changed, _: tuple((after or fails)(one) for one in changed.requirements),
    )


def runs_in(*dtypes: str) -> Callable[[Requirement], Judgement]:
    def judged(requirement: Requirement) -> Judgement:
        if requirement.dtypes["T"] in dtypes:
            return told(requirement, "runs", evidence=Evidence.MEASURED)
        return fails(requirement)

    return judged


def test_no_kernel_for_the_dtype() -> None:
    [finding] = found(fails(node("AvgPool3D", "float16", POOL)), after=runs_in("float32"))
    assert finding.code == "CHK201"
    assert finding.cause is Cause.NO_KERNEL_FOR_DEVICE_DTYPE
    assert finding.severity is Severity.ERROR
    assert (finding.op, finding.dtype, finding.layer) == ("AvgPool3D", "float16", "pool3d")
    assert (finding.file, finding.line) == ("/home/a/net.py", 6)
    assert finding.seen == (
        "AvgPool3D in float16, on (2, 6, 6, 6, 2), layer 'pool3d' (net.py:6): "
        "no kernel is registered for CPU in TensorFlow 2.21.0."
    )
    # What the registry of that release says.
    assert "On CPU it has bfloat16, float32." in finding.why
    assert "there is one on GPU" in finding.why
    assert finding.fix == (
        "Build layer 'pool3d' with dtype='float32' (that runs: measured on CPU)."
    )


def test_a_second_type_that_no_kernel_takes_is_named() -> None:
    indexed = msgspec.structs.replace(
        node("UnsortedSegmentSum", "float32"),
        dtypes={"T": "float32", "Tindices": "int32", "Tnumsegments": "int64"},
    )
    [finding] = found(fails(indexed), after=fails)
    assert "T=float32, Tindices=int32, Tnumsegments=int64 together" in finding.why
    assert finding.fix is None


def test_what_fits_no_change_is_told_by_the_registry() -> None:
    [finding] = found(fails(node("AvgPool3D", "float16", POOL)))
    assert finding.fix == "Compute it in bfloat16 or float32."


def test_without_a_registry_nothing_is_invented() -> None:
    target = CPU._replace(registrations=None, tensorflow=None)
    [finding] = found(fails(node("AvgPool3D", "float16", POOL)), target=target)
    assert finding.code == "CHK201"
    assert finding.fix is None


def test_a_gradient_that_fails_with_its_layer_is_told_with_it() -> None:
    forward = node("AvgPool3D", "float16", POOL)
    gradient = node("AvgPool3DGrad", "float16", POOL, direction="gradient")
    [finding] = found(fails(gradient), fails(forward))
    assert finding.op == "AvgPool3D"
    assert "gradient (AvgPool3DGrad)" in finding.seen


def test_a_gradient_that_fails_alone_is_the_culprit() -> None:
    gradient = node("MaxPool3DGradGrad", "float64", POOL, direction="gradient")
    [finding] = found(fails(gradient))
    assert finding.op == "MaxPool3DGradGrad"
    assert "in the gradient, layer 'pool3d'" in finding.seen


def test_a_gradient_of_another_layer_is_a_fault_of_its_own() -> None:
    forward = node("AvgPool3D", "float16", POOL)
    gradient = node(
        "LRNGrad", "float16", Place(layer="norm", file="net.py", line=9), direction="gradient"
    )
    assert [finding.op for finding in found(fails(gradient), fails(forward))] == [
        "AvgPool3D",
        "LRNGrad",
    ]


def test_a_list_without_places_still_knows_the_family() -> None:
    forward = node("FusedBatchNormV3", "float64")
    gradient = node("FusedBatchNormGradV3", "float64", direction="gradient")
    [finding] = found(fails(gradient), fails(forward))
    assert finding.op == "FusedBatchNormV3"


def test_layers_of_one_fault_share_a_finding() -> None:
    places = [Place(layer=f"pool{at}", file="net.py", line=at) for at in range(5)]
    [finding] = found(*(fails(node("AvgPool3D", "float64", place)) for place in places))
    assert "'pool0' (net.py:0), 'pool1' (net.py:1), 'pool2' (net.py:2) and 2 more" in finding.seen
    assert "5 nodes" in finding.seen


NCHW = node(
    "Conv2D", "float64", Place(layer="c1"), shape=(4, 3, 24, 24), attrs={"data_format": "NCHW"}
)


def last_runs(requirement: Requirement) -> Judgement:
    if requirement.attrs["data_format"] == "NHWC":
        assert requirement.inputs[0].shape == (4, 24, 24, 3)
        return told(requirement, "runs")
    return fails(requirement, Status.UNIMPLEMENTED)


def test_a_layout_that_the_cpu_refuses() -> None:
    refused = fails(NCHW, Status.UNIMPLEMENTED, reason="only supports the NHWC tensor format")
    [finding] = found(refused, after=last_runs)
    assert (finding.code, finding.cause) == ("CHK202", Cause.UNIMPLEMENTED_CPU_FORMAT)
    assert "layout NCHW" in finding.seen
    assert "only supports the NHWC tensor format" in finding.seen
    assert finding.fix is not None
    assert "data_format='channels_last'" in finding.fix


def test_a_layout_is_not_blamed_where_channels_last_fail_too() -> None:
    [finding] = found(fails(NCHW, Status.UNIMPLEMENTED), after=None)
    assert (finding.code, finding.cause) == ("CHK211", Cause.UNIMPLEMENTED_ON_DEVICE)


def test_a_layout_is_not_blamed_on_a_gpu() -> None:
    refused = fails(NCHW, Status.UNIMPLEMENTED)
    [finding] = found(refused, target=gpu("9.0", "NVIDIA H200"), after=last_runs)
    assert finding.code == "CHK211"


def test_onednn_that_is_switched_off_is_named() -> None:
    environment = Environment(
        devices=("CPU:0 CPU",), machine="x86_64", cpu_isa=(), onednn=False, python="3.11",
        tensorflow="2.21.0", tensorflow_build={}, driver=None, cuda=None, cudnn=None,
        packages={}, variables={"TF_ENABLE_ONEDNN_OPTS": "0"},
    )  # fmt: skip
    single = msgspec.structs.replace(NCHW, dtypes={"T": "float32"})
    refused = fails(single, Status.UNIMPLEMENTED)
    [finding] = found(refused, target=CPU._replace(environment=environment), after=last_runs)
    assert "oneDNN is off there: TF_ENABLE_ONEDNN_OPTS=0 does that." in finding.why


@pytest.mark.parametrize(
    ("dtype", "capability", "code"),
    [
        ("bfloat16", "7.0", "CHK203"),
        ("bfloat16", "9.0", "CHK201"),
        ("float16", "5.2", "CHK203"),
        ("float16", "7.0", "CHK201"),
        ("float32", "7.0", "CHK201"),
    ],
)
def test_only_hardware_without_a_precision_lacks_it(dtype: str, capability: str, code: str) -> None:
    [finding] = found(fails(node("LRN", dtype)), target=gpu(capability, "a GPU"))
    assert finding.code == code


def test_a_gpu_has_the_cpu_beside_it() -> None:
    [finding] = found(fails(node("AvgPool3D", "float64")), target=gpu("9.0", "NVIDIA H200"))
    assert "no kernel is registered for GPU" in finding.seen
    assert "The CPU, where TensorFlow would put it instead, has none either." in finding.why
    assert "On GPU it has float16, bfloat16, float32." in finding.why


def test_a_cpu_lacks_no_precision() -> None:
    [finding] = found(fails(node("LRN", "bfloat16")))
    assert finding.cause is Cause.NO_KERNEL_FOR_DEVICE_DTYPE


@pytest.mark.parametrize(
    ("status", "code", "cause"),
    [
        (Status.WRONG_RESULT, "CHK204", Cause.UNIMPLEMENTED_ON_DEVICE),
        (Status.CRASHED, "CHK205", Cause.GRAPH_EXECUTION_GENERIC),
        (Status.TIMED_OUT, "CHK205", Cause.HANG_TIMEOUT),
        (Status.UNIMPLEMENTED, "CHK211", Cause.UNIMPLEMENTED_ON_DEVICE),
        (Status.FAILED, "CHK211", Cause.UNIMPLEMENTED_ON_DEVICE),
        (Status.OUT_OF_MEMORY, "CHK214", Cause.OOM_HOST),
        (Status.INVALID_DTYPE, "CHK215", Cause.DTYPE_MISMATCH),
    ],
)
def test_a_status_has_its_code(status: Status, code: str, cause: Cause) -> None:
    measured = fails(node("Relu", "int32"), status, evidence=Evidence.MEASURED)
    [finding] = found(measured)
    assert (finding.code, finding.cause) == (code, cause)
    assert finding.severity is Severity.ERROR


def test_a_gpu_crash_is_a_fault_of_cuda() -> None:
    crashed = fails(node("Relu", "float32"), Status.CRASHED)
    [finding] = found(crashed, target=gpu("9.0", "NVIDIA H200"))
    assert (finding.code, finding.cause) == ("CHK205", Cause.CUDA_RUNTIME_FAULT)


def test_what_runs_on_the_cpu_instead_is_a_warning_with_its_share() -> None:
    falls = told(node("LRN", "float16", flops=25.0), "falls_back", status=Status.NO_KERNEL)
    rest = told(node("Conv2D", "float16", flops=75.0), "runs")
    [finding] = found(falls, rest, target=gpu("9.0", "NVIDIA H200"))
    assert (finding.code, finding.severity) == ("CHK206", Severity.WARNING)
    assert "25 % of the step's FLOPs" in finding.why


def test_an_unknown_share_is_said_to_be_unknown() -> None:
    falls = told(node("LRN", "float16", flops=None), "falls_back")
    [finding] = found(falls, target=gpu("9.0", "NVIDIA H200"))
    assert "not known" in finding.why


def test_one_finding_tells_of_all_that_is_emulated() -> None:
    ops = [node(op, "bfloat16") for op in ("Conv2D", "MatMul", "Relu", "Mul")]
    emulated = [told(one, "runs", emulated=True) for one in ops]
    [finding] = found(
        *emulated,
        target=gpu("7.0", "Tesla V100"),
        after=runs_in("float16"),
        precision="mixed_bfloat16",
    )
    assert (finding.code, finding.severity) == ("CHK207", Severity.WARNING)
    assert finding.seen == (
        "Conv2D, MatMul, Mul and 1 more in bfloat16, 4 nodes: "
        "the Tesla V100 computes bfloat16 in other arithmetic."
    )
    assert finding.cause is Cause.UNSUPPORTED_PRECISION
    assert finding.fix is not None
    assert finding.fix.startswith("Use the policy 'mixed_float16'")


def test_an_unknown_is_never_silent() -> None:
    [finding] = found(told(node("Fancy", "float32"), "unknown", evidence=Evidence.NONE))
    assert (finding.code, finding.severity) == ("CHK208", Severity.WARNING)
    assert finding.fix is not None
    assert "--probe" in finding.fix


def test_many_unknowns_are_told_in_one() -> None:
    ops = [f"Op{at}" for at in range(20)]
    unknown = [told(node(op, "float32"), "unknown", evidence=Evidence.NONE) for op in ops]
    [finding] = found(*unknown)
    assert "20 kinds" in finding.seen
    assert "Op0 in float32" in finding.seen
    assert "and 14 more" in finding.seen


def test_xla_lacks_a_kernel() -> None:
    compiled = node("ResizeBicubic", "float32", Place(layer="up"), compiled=True)

    def outside(requirement: Requirement) -> Judgement:
        return fails(requirement) if requirement.compiled else told(requirement, "runs")

    [finding] = found(fails(compiled), after=outside, jit=True)
    assert (finding.code, finding.cause) == ("CHK209", Cause.XLA_UNSUPPORTED_OP)
    assert finding.fix is not None
    assert "jit_compile=False" in finding.fix


def test_a_device_that_is_not_there() -> None:
    pinned = node("Conv2D", "float32", device="GPU")
    [finding] = found(fails(pinned), after=lambda one: told(one, "runs"))
    assert (finding.code, finding.cause) == ("CHK210", Cause.INVALID_DEVICE_PLACEMENT)
    assert finding.fix is not None
    assert finding.fix.startswith("Take the node out of its tf.device block")


def test_an_op_that_the_release_does_not_know() -> None:
    [finding] = found(fails(node("MyLibrary>Warp", "float32")))
    assert (finding.code, finding.cause) == ("CHK212", Cause.CUSTOM_OP_NOT_REGISTERED)
    assert "TensorFlow 2.21.0 does not know this op" in finding.seen


def test_slow_16_bit_floats_on_a_cpu_are_worth_knowing() -> None:
    environment = Environment(
        devices=("CPU:0 CPU",), machine="x86_64", cpu_isa=("avx2", "fma"), onednn=True,
        python="3.11", tensorflow="2.21.0", tensorflow_build={}, driver=None, cuda=None,
        cudnn=None, packages={}, variables={},
    )  # fmt: skip
    old = CPU._replace(environment=environment)
    [finding] = found(told(node("MatMul", "bfloat16"), "runs"), target=old)
    assert (finding.code, finding.severity) == ("CHK213", Severity.INFO)
    isa = ("avx512f", "avx512bw", "avx512_bf16")
    new = CPU._replace(environment=msgspec.structs.replace(environment, cpu_isa=isa))
    assert found(told(node("MatMul", "bfloat16"), "runs"), target=new) == ()
    assert found(told(node("Cast", "bfloat16", flops=0.0), "runs"), target=old) == ()


def test_what_runs_has_no_finding() -> None:
    assert found(told(node("Conv2D", "float32"), "runs")) == ()


def test_errors_come_before_warnings() -> None:
    falls = told(node("AvgPool3D", "float64"), "falls_back", status=Status.NO_KERNEL)
    codes = [
        finding.code
        for finding in found(falls, fails(node("LRN", "float64")), target=gpu("9.0", "NVIDIA H200"))
    ]
    assert codes == ["CHK201", "CHK206"]


def test_with_what_the_registry_says_of_the_changed_model() -> None:
    pool = node(
        "AvgPool3D", "float16", POOL,
        attrs={"ksize": [1, 2, 2, 2, 1], "strides": [1, 2, 2, 2, 1], "padding": "VALID",
               "data_format": "NDHWC"},
    )  # fmt: skip
    oplist = OpList(source="m", source_kind="python_file", requirements=(pool,))
    [finding] = kernel_findings(oplist, CPU, judge(oplist, CPU))
    assert finding.code == "CHK201"
    assert finding.fix == (
        "Build layer 'pool3d' with dtype='float32' (registered for CPU, not measured)."
    )
    h200 = gpu("9.0", "NVIDIA H200")
    assert kernel_findings(oplist, h200, judge(oplist, h200)) == ()
