"""A model's own nodes, run alone on a real TensorFlow."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from envprobe.errors import NothingProbedError, UsageError
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Environment, Matrix, ScanRecord
from envprobe.models.fingerprint import probed_variant
from envprobe.models.oplist import Place, Requirement, Tensor
from envprobe.probe.progress import Progress
from envprobe.probe.requirements import probe_requirements, with_cells
from envprobe.terms import Status

Sizes = tuple[int | None, ...] | None


def tensor(name: str, dtype: str, shape: Sizes, value: Any = None) -> Tensor:
    return Tensor(name=name, dtype=dtype, shape=shape, value=value)


def conv(layout: str, dtype: str, **changed: Any) -> Requirement:
    shapes = {"NHWC": ((2, 8, 8, 3), (2, 6, 6, 4)), "NCHW": ((2, 3, 8, 8), (2, 4, 6, 6))}
    fed, gives = shapes[layout]
    return Requirement(
        op="Conv2D",
        dtypes={"T": dtype},
        attrs={
            "strides": (1, 1, 1, 1),
            "padding": "VALID",
            "data_format": layout,
            "dilations": (1, 1, 1, 1),
            "explicit_paddings": (),
            "use_cudnn_on_gpu": True,
        },
        inputs=(tensor("input", dtype, fed), tensor("filter", dtype, (3, 3, 3, 4))),
        outputs=(tensor("output", dtype, gives),),
        **changed,
    )


def solve(dtype: str) -> Requirement:
    return Requirement(
        op="MatrixSolve",
        dtypes={"T": dtype},
        attrs={"adjoint": False},
        inputs=(tensor("matrix", dtype, (5, 5)), tensor("rhs", dtype, (5, 1))),
        outputs=(tensor("output", dtype, (5, 1)),),
    )


def bicubic(*, compiled: bool) -> Requirement:
    return Requirement(
        op="ResizeBicubic",
        dtypes={"T": "float32"},
        attrs={"align_corners": False, "half_pixel_centers": True},
        inputs=(
            tensor("images", "float32", (None, 8, 8, 4)),
            tensor("size", "int32", (2,), (16, 16)),
        ),
        outputs=(tensor("resized_images", "float32", (None, 16, 16, 4)),),
        compiled=compiled,
    )


def reshape(shape: tuple[int, ...]) -> Requirement:
    return Requirement(
        op="Reshape",
        dtypes={"T": "float32", "Tshape": "int32"},
        inputs=(
            tensor("tensor", "float32", (4, 6)),
            tensor("shape", "int32", (len(shape),), shape),
        ),
        outputs=(tensor("output", "float32", shape),),
    )


def lookup(op: str, names: tuple[str, ...], shapes: tuple[Sizes, ...], **more: Any) -> Requirement:
    """A node whose first input is looked up in by its others, the result last among `shapes`."""
    dtypes = {names[0]: "float32", "updates": "float32", "resource": "resource"}
    fed = [
        tensor(name, dtypes.get(name, "int32"), shape)
        for name, shape in zip(names, shapes[:-1], strict=True)
    ]
    return Requirement(
        op=op,
        inputs=tuple(fed),
        outputs=(tensor("output", "float32", shapes[-1]),),
        **more,
    )


INDEXED = {"T": "float32", "Tindices": "int32", "Tnumsegments": "int32"}
# Their values decide whether they run at all: labels, ids, axes and shapes that a model computes.
VALUES = {
    "gathered rows": lookup(
        "ResourceGather",
        ("resource", "indices"),
        ((), (7,), (7, 3)),
        dtypes={"dtype": "float32", "Tindices": "int32"},
        attrs={"batch_dims": 0, "validate_indices": True},
    ),
    "labels": Requirement(
        op="SparseSoftmaxCrossEntropyWithLogits",
        dtypes={"T": "float32", "Tlabels": "int64"},
        inputs=(tensor("features", "float32", (9, 2)), tensor("labels", "int64", (9,))),
        outputs=(tensor("loss", "float32", (9,)), tensor("backprop", "float32", (9, 2))),
    ),
    "segments": lookup(
        "UnsortedSegmentSum",
        ("data", "segment_ids", "num_segments"),
        ((30, 2), (30,), (), (4, 2)),
        dtypes=INDEXED,
    ),
    "sorted segments": lookup(
        "SegmentMean",
        ("data", "segment_ids"),
        ((None, 2), (None,), (None, 2)),
        dtypes={"T": "float32", "Tindices": "int32"},
    ),
    "axes": lookup(
        "Sum",
        ("input", "reduction_indices"),
        ((4, 5, 6), (None,), (4, 6)),
        dtypes={"T": "float32", "Tidx": "int32"},
        attrs={"keep_dims": False},
    ),
    "a permutation": lookup(
        "Transpose",
        ("x", "perm"),
        ((4, 5, 6), (3,), (6, 4, 5)),
        dtypes={"T": "float32", "Tperm": "int32"},
    ),
    "a slice": lookup(
        "StridedSlice",
        ("input", "begin", "end", "strides"),
        ((4, 5), (2,), (2,), (2,), (4,)),
        dtypes={"T": "float32", "Index": "int32"},
        attrs={"shrink_axis_mask": 2},
    ),
    "stitched rows": Requirement(
        op="DynamicStitch",
        dtypes={"T": "float32"},
        attrs={"N": 2},
        inputs=(
            tensor("indices:0", "int32", (3,)),
            tensor("indices:1", "int32", (2,)),
            tensor("data:0", "float32", (3, 2)),
            tensor("data:1", "float32", (2, 2)),
        ),
        outputs=(tensor("merged", "float32", (5, 2)),),
    ),
    "an update": lookup(
        "TensorScatterAdd",
        ("tensor", "indices", "updates"),
        ((6, 2), (None, 1), (None, 2), (6, 2)),
        dtypes={"T": "float32", "Tindices": "int32"},
    ),
    "lists of several shapes": Requirement(
        op="ConcatV2",
        dtypes={"T": "float32", "Tidx": "int32"},
        attrs={"N": 2},
        inputs=(
            tensor("values:0", "float32", (None, 3)),
            tensor("values:1", "float32", (None, 5)),
            tensor("axis", "int32", (), 1),
        ),
        outputs=(tensor("output", "float32", (None, 8)),),
    ),
    "an optimizer's slots": Requirement(
        op="ResourceApplyMomentum",
        dtypes={"T": "float32"},
        attrs={"use_locking": True, "use_nesterov": True},
        inputs=(
            tensor("var", "resource", ()),
            tensor("accum", "resource", ()),
            tensor("lr", "float32", ()),
            tensor("grad", "float32", (3, 4)),
            tensor("momentum", "float32", ()),
        ),
    ),
    "a table": Requirement(
        op="LookupTableFindV2",
        dtypes={"Tin": "string", "Tout": "int64"},
        inputs=(
            tensor("table_handle", "resource", ()),
            tensor("keys", "string", (None, 1)),
            tensor("default_value", "int64", ()),
        ),
        outputs=(tensor("values", "int64", (None, 1)),),
    ),
}
WHILE = Requirement(op="StatelessWhile", inputs=(tensor("input:0", "float32", ()),))
LIST = Requirement(op="TensorListLength", inputs=(tensor("input_handle", "variant", ()),))
PRINT = Requirement(op="PrintV2", inputs=(tensor("input", "string", ()),))
READ = Requirement(op="ReadFile", inputs=(tensor("filename", "string", ()),))
CUSTOM = Requirement(op="MyOwnOp", inputs=(tensor("x", "float32", (2,)),))
ASKED = (
    conv("NHWC", "float64"),
    conv("NHWC", "float64", count=7, places=(Place(layer="again"),)),
    conv("NCHW", "float64"),
    solve("float32"),
    solve("float16"),
    bicubic(compiled=False),
    bicubic(compiled=True),
    reshape((3, 8)),
    reshape((5, 5)),
    conv("NHWC", "float32", device="GPU"),
    *VALUES.values(),
    *(WHILE, LIST, PRINT, READ, CUSTOM),
)


@pytest.fixture(scope="module")
def cells(tensorflow_python: str) -> dict[str, Cell]:
    """All of `ASKED` at once on the CPU, by variant."""
    told: list[Progress] = []
    found = probe_requirements(ASKED, ("CPU",), python=tensorflow_python, progress=told.append)
    assert len(told) > len(found)
    return {cell.variant: cell for cell in found}


def cell_of(cells: dict[str, Cell], requirement: Requirement) -> Cell:
    return cells[probed_variant(requirement)]


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("requirement", "status"),
    [
        (conv("NHWC", "float64"), Status.SUPPORTED),
        (conv("NCHW", "float64"), Status.UNIMPLEMENTED),
        (solve("float32"), Status.SUPPORTED),
        (solve("float16"), Status.NO_KERNEL),
        (bicubic(compiled=False), Status.SUPPORTED),
        (bicubic(compiled=True), Status.NO_KERNEL),
    ],
    ids=lambda given: given.op if isinstance(given, Requirement) else given.value,
)
def test_a_node_is_what_its_kernel_makes_of_it(
    cells: dict[str, Cell], requirement: Requirement, status: Status
) -> None:
    cell = cell_of(cells, requirement)
    assert cell.status is status, cell.reason
    assert cell.mode == ("xla" if requirement.compiled else "graph")


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", VALUES)
def test_what_a_model_computes_is_made_so_that_the_op_can_take_it(
    cells: dict[str, Cell], name: str
) -> None:
    cell = cell_of(cells, VALUES[name])
    assert cell.status is Status.SUPPORTED, cell.reason


@pytest.mark.tensorflow
def test_a_refusal_of_made_up_data_is_no_failure(cells: dict[str, Cell]) -> None:
    assert cell_of(cells, reshape((3, 8))).status is Status.SUPPORTED
    cell = cell_of(cells, reshape((5, 5)))
    assert cell.status is Status.UNTESTED
    assert "made up" in (cell.reason or "")


@pytest.mark.tensorflow
def test_a_cell_is_the_models_node(cells: dict[str, Cell]) -> None:
    cell = cell_of(cells, conv("NHWC", "float64"))
    assert (cell.op, cell.dtype, cell.device, cell.direction) == (
        *("Conv2D", "float64", "CPU:0"),
        "forward",
    )
    assert cell.attrs["data_format"] == "NHWC"
    assert cell.attrs["T"] == "float64"
    assert cell.shapes["input"] == [2, 8, 8, 3]
    assert cell.shapes["output:0"] == [2, 6, 6, 4]


@pytest.mark.tensorflow
def test_what_cannot_be_run_alone_or_not_here_has_no_cell(cells: dict[str, Cell]) -> None:
    alone = {"Conv2D", "MatrixSolve", "ResizeBicubic", "Reshape"}
    assert {cell.op for cell in cells.values()} == alone | {one.op for one in VALUES.values()}
    # Equal nodes are one cell, and the node that is pinned to a GPU is none of the CPU's.
    assert sum(cell.op == "Conv2D" for cell in cells.values()) == 2


@pytest.mark.tensorflow
def test_without_onednn_a_cpu_refuses_channels_first(
    tensorflow_python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    asked = (conv("NCHW", "float32"), conv("NHWC", "float32"))
    first, last = probe_requirements(asked, python=tensorflow_python)
    assert (first.status, last.status) == (Status.UNIMPLEMENTED, Status.SUPPORTED)


@pytest.mark.tensorflow
def test_an_older_release_is_asked_in_its_own_words(old_tensorflow_python: str) -> None:
    """`grad_a` came after it, and its messages begin with where the node was traced."""
    matmul = Requirement(
        op="MatMul",
        dtypes={"T": "float32"},
        attrs={"transpose_a": True, "transpose_b": False, "grad_a": True, "grad_b": False},
        inputs=(tensor("a", "float32", (4, 3)), tensor("b", "float32", (4, 2))),
        outputs=(tensor("product", "float32", (3, 2)),),
    )
    asked = (matmul, conv("NCHW", "float64"))
    fine, refused = probe_requirements(asked, python=old_tensorflow_python)
    assert fine.status is Status.SUPPORTED, fine.reason
    assert refused.status is Status.UNIMPLEMENTED
    assert "NHWC" in (refused.reason or "")


@pytest.mark.tensorflow
def test_a_device_that_is_not_there_is_named(tensorflow_python: str) -> None:
    with pytest.raises(UsageError, match="TPU:7"):
        probe_requirements((solve("float32"),), ("TPU:7",), python=tensorflow_python)


def test_without_tensorflow_nothing_is_probed() -> None:
    with pytest.raises(NothingProbedError, match="cannot be started"):
        probe_requirements((solve("float32"),), python="true")


def matrix(*cells: Cell) -> Matrix:
    environment = Environment(
        devices=(), machine="x86_64", cpu_isa=(), onednn=None, python="3.11", tensorflow="2.21.0",
        tensorflow_build={}, driver=None, cuda=None, cudnn=None, packages={}, variables={},
    )  # fmt: skip
    scan = ScanRecord(
        preset="quick", started="2026-01-01T00:00:00+00:00", seconds=1, support_seconds=1,
        timing_seconds=0, workers=1, restarts=0, resumed=0, planned=1, complete=True,
        envprobe="1", host="node",
    )  # fmt: skip
    return Matrix(
        environment=environment, environment_digest="0", devices=(), inventory={}, findings=(),
        cells=cells, scan=scan,
    )  # fmt: skip


def cell(variant: str, status: Status = Status.SUPPORTED) -> Cell:
    return Cell(
        op="Relu", variant=variant, dtype="float32", device="CPU:0", direction="forward",
        mode="graph", status=status, reason=None if status is Status.SUPPORTED else "seen",
    )  # fmt: skip


def test_cells_are_added_and_the_same_question_replaced() -> None:
    before = matrix(cell("default"), cell("model-a", Status.CRASHED))
    after = with_cells(before, (cell("model-a"), cell("model-b")))
    assert after.cells == (cell("default"), cell("model-a"), cell("model-b"))
    assert after == msgspec.structs.replace(before, cells=after.cells)
