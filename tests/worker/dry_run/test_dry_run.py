"""What a worker says of one real step: who raised, who made the first NaN, which batch breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from envprobe.models.request import question_from_request, request_of
from envprobe.probe.lane import Lane, LaneWorker
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.pool import Pool

pytestmark = pytest.mark.tensorflow
MODELS = Path(__file__).parents[1] / "stepped_models.py"
LANE = Lane(
    name="model",
    config={"cpu_devices": 1, "gpus": "none"},
    limit_seconds=120.0,
    environment={"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"},
)
ROWS = ("float32[4,4]",)
Ask = Callable[..., dict[str, Any]]


class Case(NamedTuple):
    """A model that fails; its twin with `_fixed` behind its name runs on the same batch."""

    function: str
    op: str
    layer: str | None
    inputs: Sequence[str] = ROWS
    targets: Sequence[str] = ROWS
    mode: str = "train"


RAISES = (
    Case(
        "too_few_classes", "SparseSoftmaxCrossEntropyWithLogits", None, targets=("int32[4]@5:10",)
    ),
    Case("unknown_word", "GatherV2", "words", ("int32[4,4]@50:90",), ("float32[4,1]",)),
    Case("sizes_meet_late", "AddV2", "keeps_some"),
    Case("folds_unevenly", "Reshape", "folds"),
    Case("half_pool", "AvgPool3D", "pool", ("float32[4,4,4,4,1]",), ("float32[4,1]",)),
    Case("checks_itself", "CheckNumerics", "checks"),
    Case("crops_compiled", "CropAndResize", "crop", ("float32[1,8,8,3]",), ("float32[1,1]",)),
    Case("python_raises", "PyFunc", "python_inside"),
    Case("asserts", "Assert", "only_positive"),
    Case("singular", "MatrixInverse", "inverts", ("float32[4,4]@0:0",)),
    Case("picks", "GatherV2", None, ("float32[4]",), ()),
)
NOT_FINITE = (
    Case("log_of_zero", "Log", "logs"),
    Case("no_spread", "RealDiv", "standard", ("float32[4,4]@2:2",)),
    Case("half_overflows", "Exp", "power", ("float32[4,4]@3:5",)),
    Case("nothing_is_hard", "RealDiv", None),
    Case("masks_all", "Softmax", "attends"),
    Case("predicts_nothing", "RealDiv", "share", targets=(), mode="infer"),
    Case("graph_only", "Log", None),
)
# The loss is a number, and its gradient is none.
ONLY_WEIGHTS = (
    Case("slope_at_zero", "SqrtGrad", "length", ("float32[4,4]@0:0",)),
    Case("other_branch", "Reciprocal", "guards"),
)


def named(case: Case) -> str:
    return case.function


def ask_with(worker: LaneWorker) -> Ask:
    def ask(
        function: str,
        inputs: Sequence[str] = ROWS,
        targets: Sequence[str] = ROWS,
        mode: str = "train",
        **more: Any,
    ) -> dict[str, Any]:
        request = request_of(
            f"{MODELS}:{function}", inputs=inputs, targets=targets, mode=mode, **more
        )
        return worker.ask({**question_from_request(request), "ask": "dry_run"})

    return ask


@pytest.fixture(scope="module")
def worker(tensorflow_python: str) -> Iterator[LaneWorker]:
    with Pool([tensorflow_python, str(WORKER_FOLDER)]) as pool, pool.exclusive(LANE) as (worker,):
        yield worker


@pytest.fixture(scope="module")
def ask(worker: LaneWorker) -> Ask:
    return ask_with(worker)


@pytest.fixture(scope="module")
def old_ask(old_tensorflow_python: str) -> Iterator[Ask]:
    command = [old_tensorflow_python, str(WORKER_FOLDER)]
    with Pool(command) as pool, pool.exclusive(LANE) as (worker,):
        yield ask_with(worker)


def line_of(text: str) -> int:
    lines = MODELS.read_text().splitlines()
    (found,) = (number for number, line in enumerate(lines, 1) if text in line)
    return found


def check_ran(answer: dict[str, Any]) -> None:
    assert "failure" not in answer, answer["failure"]
    assert answer["non_finite"] is None
    assert answer["seconds"] > 0


def check_raised(answer: dict[str, Any], case: Case) -> dict[str, Any]:
    failure: dict[str, Any] = answer["failure"]
    assert (failure["stage"], failure["refused"]) == ("run", False)
    assert (failure["op"], failure["layer"]) == (case.op, case.layer)
    return failure


def check_made(answer: dict[str, Any], case: Case) -> dict[str, Any]:
    assert "origin" in answer["non_finite"], answer["non_finite"]
    origin: dict[str, Any] = answer["non_finite"]["origin"]
    assert (origin["op"], origin.get("layer")) == (case.op, case.layer)
    return origin


@pytest.mark.slow
@pytest.mark.parametrize("case", RAISES, ids=named)
def test_an_op_that_raises_is_named_and_its_repaired_twin_runs(ask: Ask, case: Case) -> None:
    failure = check_raised(ask(*case[:1], *case[3:]), case)
    assert failure["file"] == str(MODELS) or case.function == "too_few_classes"
    assert "Detected at node" not in failure["message"]
    assert 'File "' not in failure["message"]
    check_ran(ask(f"{case.function}_fixed", *case[3:]))


@pytest.mark.slow
@pytest.mark.parametrize("case", NOT_FINITE, ids=named)
def test_who_made_the_first_bad_number_is_named_and_the_twin_runs(ask: Ask, case: Case) -> None:
    answer = ask(case.function, *case[3:])
    assert check_made(answer, case)["file"] == str(MODELS)
    check_ran(ask(f"{case.function}_fixed", *case[3:]))


@pytest.mark.slow
@pytest.mark.parametrize("case", ONLY_WEIGHTS, ids=named)
def test_a_bad_gradient_is_led_back_to_its_forward_op(ask: Ask, case: Case) -> None:
    answer = ask(case.function, *case[3:])
    assert answer["loss"] is not None
    assert answer["non_finite"]["what"] == ["weights"]
    assert check_made(answer, case)["gradient_of"] in {"Sqrt", "Log"}
    check_ran(ask(f"{case.function}_fixed", *case[3:]))


@pytest.mark.slow
@pytest.mark.parametrize("case", [RAISES[0], *NOT_FINITE[:3], ONLY_WEIGHTS[0]], ids=named)
def test_the_same_on_an_old_tensorflow(old_ask: Ask, case: Case) -> None:
    answer = old_ask(case.function, *case[3:])
    if "failure" in answer:
        check_raised(answer, case)
    else:
        check_made(answer, case)
    check_ran(old_ask(f"{case.function}_fixed", *case[3:]))


def test_a_step_that_runs_says_what_it_was_fed(ask: Ask) -> None:
    answer = ask("plain", ("float32[?,4]@2:3",), ("float32[?,4]",), batch=5)
    check_ran(answer)
    assert answer["fed"] == [
        {"dtype": "float32", "shape": [5, 4], "low": 2.0, "high": 3.0},
        {"dtype": "float32", "shape": [5, 4], "low": None, "high": None},
    ]
    assert (answer["device"], answer["jit"]) == ("CPU:0", False)


def test_the_layer_and_line_of_an_error_at_run_time(ask: Ask) -> None:
    failure = check_raised(ask("asserts"), RAISES[8])
    assert failure["error_type"] == "InvalidArgumentError"
    assert failure["line"] == line_of("tf.debugging.assert_positive(inputs + shift)")
    assert failure["message"].startswith("assertion failed")


def test_the_numbers_that_became_infinite_are_described(ask: Ask) -> None:
    origin = check_made(ask("log_of_zero"), NOT_FINITE[0])
    assert origin["made"] == "infinity"
    assert origin["inputs"] == ["float32[4,4] (all 0)"]
    assert origin["line"] == line_of("tf.math.log(x + epsilon)")


def test_a_loss_of_the_users_is_named(ask: Ask) -> None:
    origin = check_made(ask("nothing_is_hard"), NOT_FINITE[3])
    assert (origin["part"], origin["part_name"], origin["function"]) == (
        "loss", "hard_mean", "hard_mean",
    )  # fmt: skip


def test_unusual_batches_are_tried_on_a_model_that_ran(ask: Ask, worker: LaneWorker) -> None:
    edges = ask("empty_mask")["edges"]
    assert edges == [
        "all targets 0", "all targets 1", "all inputs zero",
        "a last batch of 1 after batches of 4", "a last batch of 3 after batches of 4",
    ]  # fmt: skip
    found = {edge: worker.ask({"ask": "dry_run_edge", "edge": edge}) for edge in edges}
    assert [edge for edge, answer in found.items() if answer] == ["all targets 0"]
    origin = found["all targets 0"]["non_finite"]["origin"]
    assert (origin["op"], origin["part_name"]) == ("RealDiv", "dice")


def test_a_batch_that_breaks_leaves_the_model_as_it_was(ask: Ask, worker: LaneWorker) -> None:
    ask("empty_mask")
    for edge, broken in (("all targets 0", True), ("all targets 1", False)) * 2:
        assert bool(worker.ask({"ask": "dry_run_edge", "edge": edge})) is broken


def test_a_last_smaller_batch_is_tried(ask: Ask, worker: LaneWorker) -> None:
    ask("fixed_batch", ("float32[8,4]",), ("float32[8,4]",))
    answer = worker.ask({"ask": "dry_run_edge", "edge": "a last batch of 1 after batches of 8"})
    assert (answer["failure"]["stage"], answer["failure"]["op"]) == ("run", "MatMul")


@pytest.mark.parametrize(
    ("inputs", "targets", "expected"),
    [
        (("float32[1,4]@2:3",), ("float32[1,4]@1:1",), []),
        (("float32[1,4]@2:3",), ("float32[1,4]@1:5",), ["all targets 1"]),
        (("float32[2,4]",), ("float32[2,4]@1:1",),
         ["all inputs zero", "a last batch of 1 after batches of 2"]),
    ],
)  # fmt: skip
def test_only_batches_of_the_ranges_given_are_tried(
    ask: Ask, inputs: Sequence[str], targets: Sequence[str], expected: list[str]
) -> None:
    assert ask("plain", inputs, targets)["edges"] == expected


@pytest.mark.parametrize("data", ["pair", "dataset", "generator"])
def test_the_users_own_batch_is_stepped_on(ask: Ask, data: str) -> None:
    check_ran(ask("plain", (), (), data=f"{MODELS}:{data}"))


def test_data_without_targets_are_predicted_on(ask: Ask) -> None:
    answer = ask("plain", (), (), "infer", data=f"{MODELS}:alone")
    check_ran(answer)
    assert [one["shape"] for one in answer["fed"]] == [[6, 4]]


def test_nan_in_the_users_own_batch_is_said(ask: Ask) -> None:
    left = ask("plain", (), (), data=f"{MODELS}:bad_pair")["non_finite"]
    assert left["what"] == ["batch", "loss", "weights"]
    assert "origin" not in left


def test_a_model_that_only_runs_eagerly_runs(ask: Ask) -> None:
    check_ran(ask("looks_at_values"))


def test_what_is_raised_before_the_step_is_of_its_stage(ask: Ask) -> None:
    assert ask("plain", ("float32[4,5]",))["failure"]["stage"] == "trace"
    assert ask("no_such_function")["failure"]["refused"] is True
    assert ask("plain", ("float32[4,4]",), ("float32[5,4]",))["failure"]["stage"] == "data"


def test_what_xla_silences_is_found_without_it(ask: Ask) -> None:
    answer = ask("too_few_classes_compiled", ROWS, ("int32[4]@5:10",))
    assert answer["jit"] is True
    origin = check_made(answer, RAISES[0])
    assert origin["says"].startswith("Received a label value of")
    assert check_made(ask("log_of_zero_compiled"), NOT_FINITE[0])["made"] == "infinity"
