from __future__ import annotations

import pytest

from envprobe.check.judging.kind import kind_of
from envprobe.check.judging.recorded import judge_recorded
from envprobe.matrix.matrix import Device
from envprobe.models.oplist import Requirement, Tensor
from envprobe.terms import Evidence, Status
from tests.check.asking import CPU, node

WHERE = node("Where", ("input", (2, 3)), dtype="float16")


def test_a_registered_kernel_that_refused() -> None:
    found = judge_recorded(kind_of(WHERE), CPU)
    assert found is not None
    assert (found.outcome, found.evidence) == ("fails", Evidence.REGISTERED)
    assert found.status is Status.UNIMPLEMENTED


@pytest.mark.parametrize(
    ("tensorflow", "nearest"), [("2.21.0", "2.21.0"), ("2.20.0", "2.21.0"), ("2.14.1", "2.13.1")]
)
def test_the_nearest_release_that_was_recorded_tells(tensorflow: str, nearest: str) -> None:
    found = judge_recorded(kind_of(WHERE), CPU._replace(tensorflow=tensorflow))
    assert found is not None
    assert f"TensorFlow {nearest}:" in (found.reason or "")


@pytest.mark.parametrize("tensorflow", [None, "mine"])
def test_a_build_that_tells_no_release_has_no_record(tensorflow: str | None) -> None:
    assert judge_recorded(kind_of(WHERE), CPU._replace(tensorflow=tensorflow)) is None


def test_a_device_type_without_a_record_has_none() -> None:
    tpu = CPU._replace(device=Device(name="TPU:0", device_type="TPU"))
    assert judge_recorded(kind_of(WHERE), tpu) is None


def test_what_agreed_is_not_recorded() -> None:
    assert judge_recorded(kind_of(node("Where", ("input", (2, 3)))), CPU) is None


def test_a_failure_with_somebodys_inputs_is_no_proof() -> None:
    # Found with a table of other keys.
    asked = node("LookupTableFindV2", ("keys", (2,)), dtype="float16")
    assert judge_recorded(kind_of(asked), CPU) is None


def test_what_xla_fails_to_compile_is_the_nodes_own() -> None:
    rounded = node("Round", ("x", (2, 3)), dtype="int32", compiled=True)
    found = judge_recorded(kind_of(rounded), CPU)
    assert found is not None
    assert (found.outcome, found.status) == ("fails", Status.FAILED)


def test_what_ran_unregistered_runs() -> None:
    asked = Requirement(op="StatelessRandomUniform", dtypes={"dtype": "float32"}, compiled=True)
    found = judge_recorded(kind_of(asked), CPU)
    assert found is not None
    assert found.outcome == "runs"


def test_a_node_that_is_switched_otherwise_is_not_the_one_that_failed() -> None:
    def resized(**switches: bool) -> Requirement:
        shapes = (("grads", (1, 6, 7, 3)), ("original_image", (1, 4, 4, 3)))
        return node("ResizeBilinearGrad", *shapes, attrs=switches, compiled=True)

    old = CPU._replace(tensorflow="2.13.1")
    for switches, refused in (
        ({"half_pixel_centers": True}, True),
        ({"half_pixel_centers": True, "align_corners": False}, True),
        ({"half_pixel_centers": False, "align_corners": True}, False),
    ):
        found = judge_recorded(kind_of(resized(**switches)), old)
        assert (found is not None) == refused, switches


def test_a_handle_tells_no_dtype() -> None:
    # Of variables in some dtypes it failed; which this one has the node does not say.
    handle = Tensor(name="input", dtype="resource", shape=())
    asked = Requirement(op="VariableShape", dtypes={"out_type": "int32"}, inputs=(handle,))
    assert judge_recorded(kind_of(asked), CPU._replace(tensorflow="2.13.1")) is None
