"""Whether matrices, clusters and registries have the kernel that a run lacked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.diagnose.diagnose import diagnose_text
from envprobe.diagnose.here.join import joined
from envprobe.diagnose.here.kernel_asked import KernelAsked, kernel_asked
from envprobe.diagnose.here.scans import NO_SCAN, Scans, given_scans, last_scan
from envprobe.diagnose.result import Here, Surroundings
from envprobe.doctor.examples import healthy_cpu, healthy_gpu
from envprobe.errors import EnvprobeError
from envprobe.evidence.excerpt import ops_of
from envprobe.matrix import Cell, Device
from envprobe.registrations import read_release
from envprobe.registrations.record import record_of
from envprobe.terms import Cause, Status
from tests.diagnose.here.asking import answer, finding, machine

MakeCell = Callable[..., Cell]
MakeGpu = Callable[..., Device]
Make = Callable[..., Any]
OPS = frozenset(ops_of("2.21.0"))
LACKING = finding(Cause.UNSUPPORTED_PRECISION, op="Conv3D", dtype="bfloat16", device="GPU")
TAKEN_AS_NCHW = finding(
    Cause.UNIMPLEMENTED_CPU_FORMAT, op="Conv2D", dtype="float16", format="NCHW", device="CPU"
)


@pytest.fixture
def conv(make_cell: MakeCell) -> Callable[..., Cell]:
    def cell(status: Status, **fields: Any) -> Cell:
        kept = {"op": "Conv3D", "dtype": "bfloat16", "device": "GPU:0", "variant": "ndhwc"} | fields
        return make_cell(status=status, **kept)

    return cell


def told_by(matrix: Any, of: Any = LACKING, **surroundings: Any) -> Here:
    return answer(of, healthy_cpu(), Scans(matrix=matrix, given=True), **surroundings)


def test_a_cell_without_a_kernel_confirms_it(
    make_scan: Make, make_gpu: MakeGpu, conv: Callable[..., Cell]
) -> None:
    here = told_by(make_scan("trainer", conv(Status.NO_KERNEL), gpus=(make_gpu(),)))
    assert here.answer == "confirmed"
    assert here.told == (
        "the matrix of trainer (2 days ago) measured Conv3D bfloat16 on GPU:0 as no_kernel"
    )


def test_a_cell_that_ran_contradicts_it_and_names_both_releases(
    make_scan: Make, make_gpu: MakeGpu, conv: Callable[..., Cell]
) -> None:
    matrix = make_scan("trainer", conv(Status.SUPPORTED), gpus=(make_gpu(),))
    here = told_by(matrix, tensorflow="2.13.0")
    assert here.answer == "contradicted"
    assert "another machine or release (there TensorFlow 2.21.0, in the log 2.13.0)" in here.told


@pytest.mark.parametrize(
    "other",
    [
        {"op": "Conv2D"},
        {"dtype": "float32"},
        {"device": "CPU:0"},
        {"direction": "gradient"},
        {"mode": "xla"},
    ],
)
def test_other_cells_say_nothing(
    make_scan: Make, make_gpu: MakeGpu, conv: Callable[..., Cell], other: dict[str, str]
) -> None:
    matrix = make_scan("trainer", conv(Status.NO_KERNEL, **other), gpus=(make_gpu(),))
    assert "did not measure Conv3D bfloat16 on the GPU; TensorFlow 2.21.0" in told_by(matrix).told


def test_where_it_was_not_measured_the_registry_of_its_release_answers(
    make_scan: Make, make_gpu: MakeGpu
) -> None:
    newest = record_of(read_release("2.21.0"))
    matrix = make_scan("trainer", gpus=(make_gpu(),), registrations=newest)
    here = told_by(matrix, finding(Cause.NO_KERNEL_FOR_DEVICE_DTYPE, op="Svd", dtype="half"))
    assert here.answer == "confirmed"
    assert "TensorFlow 2.21.0, which it is of, registers no kernel for it" in here.told
    here = told_by(matrix, finding(Cause.NO_KERNEL_FOR_DEVICE_DTYPE, op="Svd", dtype="float"))
    assert here.answer == "contradicted"
    here = told_by(matrix, finding(Cause.NO_KERNEL_FOR_DEVICE_DTYPE, op="Svd"))
    assert here.answer == "unknown"
    assert "the log does not name the dtype" in here.told


def test_xla_is_asked_of_its_own_kernels(make_scan: Make) -> None:
    newest = record_of(read_release("2.21.0"))
    matrix = make_scan("trainer", registrations=newest)
    here = told_by(matrix, finding(Cause.XLA_UNSUPPORTED_OP, op="StringJoin", device="CPU"))
    assert here.answer == "confirmed"
    assert "by XLA" in here.told


def test_a_layout_that_is_refused_is_asked_as_that_layout(
    make_scan: Make, make_cell: MakeCell
) -> None:
    nchw = make_cell("Conv2D", dtype="float16", variant="nchw", status=Status.UNIMPLEMENTED)
    nhwc = make_cell("Conv2D", dtype="float16", variant="nhwc")
    matrix = make_scan("trainer", nchw, nhwc)
    here = told_by(matrix, TAKEN_AS_NCHW)
    assert (here.answer, "Conv2D float16 as NCHW on CPU:0 as unimplemented" in here.told) == (
        "confirmed",
        True,
    )
    # A kernel that refuses a layout is a kernel.
    here = told_by(
        matrix,
        finding(Cause.NO_KERNEL_FOR_DEVICE_DTYPE, op="Conv2D", dtype="float16", device="CPU"),
    )
    assert here.answer == "contradicted"


def test_what_depends_on_the_dtype_is_told_and_not_decided(
    make_scan: Make, make_cell: MakeCell
) -> None:
    cells = [
        make_cell("Conv2D", dtype="float16", variant="nchw", status=Status.UNIMPLEMENTED),
        make_cell("Conv2D", dtype="float32", variant="nchw"),
    ]
    unnamed = finding(Cause.UNIMPLEMENTED_CPU_FORMAT, op="Conv2D", format="NCHW", device="CPU")
    here = told_by(make_scan("trainer", *cells), unnamed)
    assert here.answer == "unknown"
    assert "float16 as NCHW on CPU:0 as unimplemented, and float32 as supported" in here.told


def test_a_machine_without_the_device_does_not_tell(
    make_scan: Make, conv: Callable[..., Cell]
) -> None:
    here = told_by(make_scan("trainer", conv(Status.SUPPORTED, device="CPU:0")))
    assert (here.answer, here.told) == ("unknown", "the matrix of trainer (2 days ago) has no GPU")


def test_the_nodes_of_a_cluster_are_named_in_short(
    write_scan: Make, make_gpu: MakeGpu, conv: Callable[..., Cell], make_cell: MakeCell
) -> None:
    paths = [
        write_scan(f"node{at}", conv(Status.NO_KERNEL if at < 3 else Status.SUPPORTED),
                   gpus=(make_gpu(model="Tesla T4" if at < 3 else "NVIDIA A100"),))
        for at in range(1, 8)
    ]  # fmt: skip
    paths.append(write_scan("login", make_cell()))
    scans = given_scans(paths)
    here = answer(LACKING, healthy_cpu(), scans)
    assert here.answer == "confirmed"
    assert here.told == (
        "Conv3D bfloat16 on the GPU: a kernel for it on node[3-7]; no kernel for it on node[1-2];"
        " no such device on login"
    )
    here = answer(LACKING, healthy_cpu(), scans, gpus=("NVIDIA A100",))
    assert here.answer == "contradicted"


def test_a_node_that_deviates_from_its_profile_is_told_apart(
    write_scan: Make, make_gpu: MakeGpu, conv: Callable[..., Cell]
) -> None:
    paths = [
        write_scan(f"n{at}", conv(Status.NO_KERNEL if at == 2 else Status.SUPPORTED),
                   gpus=(make_gpu(),))
        for at in range(1, 5)
    ]  # fmt: skip
    here = answer(LACKING, healthy_cpu(), given_scans(paths))
    assert here.answer == "confirmed"
    assert "a kernel for it on n[1,3-4]; no kernel for it on n2" in here.told


def test_this_machines_own_node_decides(
    write_scan: Make, make_gpu: MakeGpu, conv: Callable[..., Cell]
) -> None:
    paths = [
        write_scan("healthy", conv(Status.SUPPORTED), gpus=(make_gpu(),)),
        write_scan("node1", conv(Status.NO_KERNEL), gpus=(make_gpu(),)),
    ]
    here = answer(LACKING, healthy_gpu(), given_scans(paths))
    assert here.answer == "contradicted"
    assert here.told.endswith("; healthy is this machine")


def test_without_a_scan_it_says_how_to_get_one() -> None:
    here = answer(LACKING, healthy_cpu(), last_scan(machine(healthy_cpu()), None, []))
    assert (here.answer, here.told) == ("unknown", NO_SCAN)


def test_the_last_scan_of_this_machine_is_asked(
    write_scan: Make, make_gpu: MakeGpu, conv: Callable[..., Cell]
) -> None:
    own = healthy_gpu().inventory
    path = write_scan(
        "healthy",
        conv(Status.NO_KERNEL),
        gpus=(make_gpu(),),
        tensorflow="2.20.0",
        inventory=msgspec.to_builtins(own),
    )
    scans = last_scan(machine(healthy_gpu()), "2.20.0", [path])
    assert answer(LACKING, healthy_gpu(), scans).answer == "confirmed"
    scans = last_scan(machine(healthy_gpu()), "2.13.1", [path])
    assert answer(LACKING, healthy_gpu(), scans, tensorflow="2.13.1").answer == "confirmed"


def test_the_last_scan_does_not_contradict_a_log_of_another_machine(
    write_scan: Make, make_gpu: MakeGpu, conv: Callable[..., Cell]
) -> None:
    own = healthy_gpu().inventory
    path = write_scan(
        "healthy",
        conv(Status.SUPPORTED),
        gpus=(make_gpu(),),
        tensorflow="2.20.0",
        inventory=msgspec.to_builtins(own),
    )
    scans = last_scan(machine(healthy_gpu()), None, [path])
    assert answer(LACKING, healthy_gpu(), scans).answer == "contradicted"
    here = answer(LACKING, healthy_gpu(), scans, gpus=("Tesla T4",))
    assert here.answer == "unknown"
    assert here.told.startswith("the log is not of here (it names Tesla T4, here is NVIDIA A100")


def test_files_that_cannot_be_read_are_the_users_mistake(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"kind": "matrix", ')
    for path in (broken, tmp_path / "none.json", tmp_path):
        with pytest.raises(EnvprobeError):
            given_scans([path])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"op": "MatMul", "dtype": "DT_HALF", "device": "/device:GPU:1"}, ("MatMul", "float16")),
        ({"op": "AvgPoolingOp", "dtype": "BF16", "device": "GPU:0"}, ("AvgPool", "bfloat16")),
        (
            {"op": "Conv2DCustomBackpropFilterOp", "device": "XLA_GPU_JIT"},
            ("Conv2DBackpropFilter", None),
        ),
        ({"op": "Where, Svd", "devices": "GPU"}, ("Where", None)),
    ],
)
def test_the_question_is_read_from_the_words_of_the_log(
    fields: dict[str, str], expected: tuple[str, str | None]
) -> None:
    asked = kernel_asked(finding(Cause.UNSUPPORTED_PRECISION, **fields), Surroundings(), OPS)
    assert isinstance(asked, KernelAsked)
    assert (asked.op, asked.dtype, asked.device_types) == (*expected, ("GPU",))


def test_what_is_no_op_and_no_known_device_is_not_asked() -> None:
    for fields in ({"op": "An op"}, {"op": "MatMul", "device": "TPU"}, {}):
        here = answer(finding(Cause.XLA_UNSUPPORTED_OP, **fields), healthy_cpu())
        assert here.answer == "unknown"


def test_a_real_log_of_a_missing_kernel(
    make_scan: Make, make_cell: MakeCell, make_gpu: MakeGpu
) -> None:
    log = (
        "NotFoundError: Could not find device for node: {{node Svd}} = Svd[T=DT_HALF, "
        "compute_uv=true, full_matrices=false]\nAll kernels registered for op Svd:\n"
        "  device='CPU'; T in [DT_FLOAT]\n  device='CPU'; T in [DT_DOUBLE]\n [Op:Svd] name:\n"
    )
    cells = [
        make_cell("Svd", dtype="float16", device=device, status=Status.INVALID_DTYPE)
        for device in ("CPU:0", "GPU:0")
    ]
    scans = Scans(matrix=make_scan("trainer", *cells, gpus=(make_gpu(),)), given=True)
    found = joined(diagnose_text(log), machine(healthy_cpu()), scans)
    assert found.root is not None
    assert found.root.here == Here(
        answer="confirmed",
        told="the matrix of trainer (2 days ago) measured Svd float16 on CPU:0, GPU:0 as"
        " invalid_dtype",
    )
