"""What is said of models that run: each word is deserved, and silence where there is nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from envprobe.check.advice import advice_of
from envprobe.check.result import CheckFinding
from envprobe.models.answer import oplist_from_answer
from envprobe.models.oplist import FedSpec, OpList, Requirement, Tensor
from envprobe.models.request import question_from_request, request_of
from envprobe.probe.lane import Lane, LaneWorker
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.pool import Pool
from envprobe.terms import Severity

MODELS = Path(__file__).parent / "advised_models.py"
FUNCTIONS = re.findall(r"^def ((?:wrong|right)_\w+)\(", MODELS.read_text(), re.MULTILINE)
LANE = Lane(
    name="model",
    config={"cpu_devices": 1, "gpus": "none"},
    limit_seconds=120.0,
    environment={"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"},
)
INPUTS = {
    "wrong_602_complex": "complex64[4,8]",
    "right_magnitude": "complex64[4,8]",
    "right_one_step_of_attention": "float32[4,1,8]",
    "wrong_609_mask": "int32[4,8]",
    "wrong_610_hashing": "int32[4,8]",
    "wrong_612_one_value": "float32[1,8]",
    "right_instance": "float32[1,8]",
    "wrong_612_one_pixel": "float32[1,3,3,3]",
    "right_pixels": "float32[1,5,5,3]",
}
# Keras 2 logs these, or does not say them.
TOLD_BY_KERAS_3 = ("wrong_604", "wrong_609", "wrong_610")
CLASSES = ("611", "613", "right_top", "right_own")


@pytest.fixture(scope="module")
def worker(tensorflow_python: str) -> Iterator[LaneWorker]:
    with Pool([tensorflow_python, str(WORKER_FOLDER)]) as pool, pool.exclusive(LANE) as (worker,):
        yield worker


@pytest.fixture(scope="module")
def old_worker(old_tensorflow_python: str) -> Iterator[LaneWorker]:
    command = [old_tensorflow_python, str(WORKER_FOLDER)]
    with Pool(command) as pool, pool.exclusive(LANE) as (worker,):
        yield worker


def advice_on(worker: LaneWorker, function: str) -> tuple[CheckFinding, ...]:
    entry = INPUTS.get(function, "float32[4,8]")
    batch = entry.partition("[")[2].partition(",")[0]
    kind = "int32" if any(mark in function for mark in CLASSES) else "float32"
    request = request_of(f"{MODELS}:{function}", inputs=[entry], targets=[f"{kind}[{batch},1]"])
    answer = worker.ask(question_from_request(request))
    assert "failure" not in answer, answer["failure"]
    return advice_of(oplist_from_answer(request, answer))


@pytest.mark.tensorflow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_models_name_says_which_word_it_deserves(worker: LaneWorker, function: str) -> None:
    found = advice_on(worker, function)
    expected = re.search(r"wrong_(\d+)", function)
    assert [one.code for one in found] == ([f"CHK{expected.group(1)}"] if expected else [])
    for one in found:
        assert one.severity is not Severity.ERROR
        assert one.seen.endswith(".")
        assert one.fix


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "function", [name for name in FUNCTIONS if not name.startswith(TOLD_BY_KERAS_3)]
)
def test_keras_2_deserves_the_same_words(old_worker: LaneWorker, function: str) -> None:
    expected = re.search(r"wrong_(\d+)", function)
    found = [one.code for one in advice_on(old_worker, function)]
    assert found == ([f"CHK{expected.group(1)}"] if expected else [])


@pytest.mark.tensorflow
def test_the_layer_is_named(worker: LaneWorker) -> None:
    assert [one.layer for one in advice_on(worker, "wrong_604_unused")] == ["unused"]
    (norm,) = advice_on(worker, "wrong_612_one_value")
    assert norm.layer
    assert norm.file == str(MODELS)


def oplist(*requirements: Requirement, **fields: Any) -> OpList:
    given: dict[str, Any] = {"mode": "train", "loss": "mse"} | fields
    return OpList(
        source="net.py:build", source_kind="python_file", requirements=requirements, **given
    )


def difference(left: tuple[int, ...], right: tuple[int, ...]) -> Requirement:
    inputs = tuple(
        Tensor(name=name, dtype="float32", shape=shape)
        for name, shape in zip("xy", (left, right), strict=True)
    )
    return Requirement(op="Sub", dtypes={"T": "float32"}, inputs=inputs, direction="loss")


def codes(listed: OpList) -> list[str]:
    return [one.code for one in advice_of(listed) if one.code == "CHK601"]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ((4, 10), (4, 1), 1),
        ((4, 1), (4, 10), 1),
        ((4,), (4, 1), 1),
        ((4, 10), (10,), 1),
        ((4, 10), (4, 10), 0),
        ((4, 10), (), 0),
        ((4, 10), (1, 1), 0),
        ((4, 10), (1,), 0),
    ],
)
def test_only_what_is_repeated_is_a_broadcast(
    left: tuple[int, ...], right: tuple[int, ...], expected: int
) -> None:
    assert len(codes(oplist(difference(left, right)))) == expected


def test_a_loss_of_the_users_own_needs_more_signs() -> None:
    squares = difference((4,), (4, 1))
    target = (FedSpec(dtype="float32", shape=(4,)),)
    assert codes(oplist(squares, loss="mine", targets=target)) == ["CHK601"]
    assert codes(oplist(squares, loss="mine")) == []
    wide = difference((4, 10), (4, 1))
    ids = (FedSpec(dtype="int32", shape=(4, 1)),)
    assert codes(oplist(wide, loss="mine", targets=ids)) == []


def test_a_list_written_by_hand_is_left_in_peace() -> None:
    bare = OpList(
        source="ops.txt", source_kind="oplist_text", requirements=(difference((4,), (4, 1)),)
    )
    assert advice_of(bare) == ()


def test_inference_is_not_told_how_to_train() -> None:
    listed = oplist(mode="infer", trainable_parameters=0, parameters=3, policies=("float16",))
    assert advice_of(listed) == ()
