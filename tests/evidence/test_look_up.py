from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.errors import UsageError
from envprobe.evidence.dtype_states import DEVICE_TYPES
from envprobe.evidence.look_up import look_up
from envprobe.evidence.op_view import Scope, op_view
from envprobe.evidence.ops_result import OpsResult
from envprobe.matrix.disagreement import disagreements
from envprobe.matrix.store import read_matrix
from envprobe.ops.catalog import load_catalog
from envprobe.registrations import known_releases, read_release
from envprobe.registrations.record import registrations_from_record
from envprobe.terms import Status

pytestmark = pytest.mark.usefixtures("no_scan")


def test_one_op() -> None:
    result = look_up("conv3d", tensorflow="2.15.1")
    [view] = result.ops
    assert (result.tensorflow, result.asked, result.source) == ("2.15.1", "2.15.1", "asked")
    assert (view.op, result.page, result.notes, result.matrix) == ("Conv3D", True, (), None)
    gpu = next(on for on in view.registered if on.device_type == "GPU")
    assert gpu.dtypes["bfloat16"] == "registered"
    assert view.in_catalog is not None
    assert view.gradient is not None
    assert view.gradient.gaps == ()
    assert view.cells == ()


def test_a_release_that_is_not_known_is_said() -> None:
    result = look_up("Conv3D", tensorflow="2.15.0")
    assert (result.tensorflow, result.asked, result.exact) == ("2.15.1", "2.15.0", False)
    assert len(result.notes) == 1
    assert "2.15.0" in result.notes[0]
    assert "2.15.1" in result.notes[0]


def test_cells_come_from_the_matrix_and_know_their_registration(recorded: Path) -> None:
    result = look_up("Conv3D", matrix=recorded)
    [view] = result.ops
    in_file = [cell for cell in read_matrix(recorded).cells if cell.op == "Conv3D"]
    assert [cell.key for cell in view.cells] == [cell.key for cell in in_file]
    assert [cell.status for cell in view.cells] == [cell.status for cell in in_file]
    contradicted = {(c.variant, c.dtype) for c in disagreements(view.cells)}
    assert ("ncdhw", "float16") in contradicted
    assert ("ndhwc", "float32") not in contradicted


def test_cells_of_another_release_are_not_judged_by_this_one(recorded: Path) -> None:
    [view] = look_up("Conv3D", matrix=recorded, tensorflow="2.15.1").ops
    in_file = [cell for cell in read_matrix(recorded).cells if cell.op == "Conv3D"]
    assert [cell.registered for cell in view.cells] == [cell.registered for cell in in_file]


def test_filters(recorded: Path) -> None:
    [view] = look_up("MatMul", matrix=recorded, dtype="bfloat16").ops
    assert {cell.dtype for cell in view.cells} == {"bfloat16"}
    assert all(set(on.dtypes) == {"bfloat16"} for on in view.registered)
    [view] = look_up("MatMul", matrix=recorded, device_type="gpu", tensorflow="2.21.0").ops
    assert view.cells == ()
    assert [on.device_type for on in view.registered] == ["GPU"]
    assert {kernel.device_type for kernel in view.kernels} == {"GPU"}
    [view] = look_up("AddV2", device_type="tpu", tensorflow="2.21.0").ops
    assert [on.device_type for on in view.registered] == ["TPU"]


def test_a_glob_leaves_out_what_cannot_have_the_dtype() -> None:
    result = look_up("conv*", tensorflow="2.21.0", dtype="int32")
    names = {view.op for view in result.ops}
    assert "Conv2D" in names
    assert "Conv3D" not in names
    assert result.left_out > 0
    assert not result.page
    named = look_up("Conv3D", tensorflow="2.21.0", dtype="int32")
    assert [view.op for view in named.ops] == ["Conv3D"]


def test_composites_are_known_by_name(recorded: Path) -> None:
    [view] = look_up("lstm", matrix=recorded).ops
    assert (view.definition, view.kernels, view.registered) == (None, (), ())
    assert view.cells
    assert view.in_catalog is not None
    assert view.in_catalog.composite


def test_the_overview_counts(recorded: Path) -> None:
    result = look_up(matrix=recorded)
    assert result.overview is not None
    matrix = read_matrix(recorded)
    by_type = {counted.device_type: counted for counted in result.overview.device_types}
    assert by_type["CPU"].cells_measured == len(matrix.cells)
    assert by_type["CPU"].cells_supported == sum(
        1 for cell in matrix.cells if cell.status is Status.SUPPORTED
    )
    assert by_type["GPU"].cells_measured == 0
    assert matrix.registrations is not None
    own = registrations_from_record(matrix.registrations)
    assert own is not None
    assert result.overview.ops == len(own.ops)  # those of the build that was scanned
    assert by_type["CPU"].ops > by_type["GPU"].ops > by_type["XLA_GPU_JIT"].ops
    assert by_type["GPU"].ops_by_dtype["float32"] > by_type["GPU"].ops_by_dtype["float8_e5m2"]


def test_history_tells_of_ops_that_are_gone() -> None:
    result = look_up("CreateTRTResourceHandle", history=True)
    assert result.history is not None
    [op] = result.history.ops
    assert op.defined != known_releases()
    assert op.spelled.startswith("until")


def test_history_of_several_shows_only_changes() -> None:
    result = look_up("Conv*", history=True)
    assert result.history is not None
    assert result.history.only_changed
    assert "Conv" in {op.op for op in result.history.ops}
    assert "Conv3D" not in {op.op for op in result.history.ops}


def test_compare_shows_the_newer_release() -> None:
    result = look_up("GatherV2", compare=("2.14", "2.21.0"))
    assert result.compare is not None
    assert (result.compare.old, result.compare.asked_old) == ("2.14.1", "2.14")
    assert result.tensorflow == "2.21.0"
    assert len(result.notes) == 1


def test_missing_defaults_to_float32() -> None:
    gradient = look_up(missing="gradient", tensorflow="2.21.0").missing
    kernel = look_up(missing="kernel", tensorflow="2.21.0").missing
    assert gradient is not None
    assert kernel is not None
    assert (gradient.dtype, gradient.device_types) == ("float32", ("CPU", "GPU"))
    assert (kernel.dtype, kernel.device_types) == ("float32", ("GPU",))
    narrowed = look_up("Seg*", missing="gradient", tensorflow="2.21.0", device_type="GPU").missing
    assert narrowed is not None
    assert {op.op for op in narrowed.ops if op.gap == "lacks_kernels"} == {"SegmentProd"}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"pattern": "Conv9D"}, "Conv3D"),
        ({"pattern": "Conv9*"}, "unknown op"),
        ({"pattern": ""}, "unknown op"),
        ({"history": True, "missing": "kernel"}, "one at a time"),
        ({"history": True, "tensorflow": "2.15.1"}, "--tensorflow"),
        ({"compare": ("2.15.1", "2.21.0"), "tensorflow": "2.15.1"}, "--tensorflow"),
        ({"compare": ("2.15.1", "new")}, "no TensorFlow version"),
        ({"missing": "gradiant"}, "gradient"),
        ({"dtype": "flaot16", "tensorflow": "2.15.1"}, "float16"),
        ({"device_type": "GPUU", "tensorflow": "2.15.1"}, "GPU"),
    ],
)
def test_wrong_questions_are_refused(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        look_up(**asked)


@pytest.mark.parametrize(
    "asked",
    [
        {"pattern": "Conv3D"},
        {"pattern": "Einsum", "dtype": "int32"},
        {"pattern": "Random*"},
        {},
        {"pattern": "Cast", "history": True},
        {"pattern": "Cast", "compare": ("2.13.1", "2.21.0")},
        {"missing": "gradient", "dtype": "bfloat16"},
    ],
)
def test_the_json_can_be_read_back(asked: dict[str, Any], recorded: Path) -> None:
    result = look_up(**asked, matrix=recorded)
    data = msgspec.json.encode(result)
    assert msgspec.json.decode(data, type=OpsResult) == result
    document = json.loads(data)
    assert (document["kind"], document["format_version"]) == ("ops", 1)
    for kernel in (kernel for op in document["ops"] for kernel in op["kernels"]):
        assert set(kernel) == {"device_type", "constraints", "host_memory", "label", "priority"}


@pytest.mark.parametrize("op", ["Conv3D", "Lgamma", "SegmentProd", "Einsum", "Where", "NoOp", "If"])
def test_a_page_is_the_same_whether_all_of_the_release_was_read_or_not(op: str) -> None:
    release = read_release("2.15.1")
    whole = op_view(
        op,
        release,
        load_catalog(),
        [read_release(known) for known in known_releases()],
        Scope(device_types=DEVICE_TYPES),
    )
    assert look_up(op, tensorflow="2.15.1").ops == (whole,)
