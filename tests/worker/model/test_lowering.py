"""What XLA answers of compiled steps, held against what becomes of them when they really run."""

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
MODELS = Path(__file__).parents[1] / "compiled_models.py"
LANE = Lane(
    name="model",
    config={"cpu_devices": 1, "gpus": "none"},
    limit_seconds=120.0,
    environment={"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"},
)
ROWS, IMAGES, GROUPS = ("float32[4,8]",), ("float32[4,8,8,3]",), ("float32[4,8,8,4]",)
ONE = ("float32[4,1]",)
Ask = Callable[..., dict[str, Any]]


class Case(NamedTuple):
    """A model, whether --jit is asked, and the op that XLA refuses of it (None: it compiles)."""

    function: str
    refused: str | None = None
    inputs: Sequence[str] = ROWS
    jit: bool = True


COMPILES = (
    Case("plain"),
    Case("bilinear", inputs=IMAGES),
    Case("bounded_loop"),
    Case("selected"),
    Case("sized_by_data"),
    Case("inner", jit=False),
    Case("grouped", inputs=GROUPS, jit=False),
)
REFUSED = (
    Case("bicubic", "ResizeBicubic", IMAGES),
    Case("nearest", "ResizeNearestNeighborGrad", IMAGES),
    Case("printing", "StringFormat"),
    Case("determinant", "MatrixDeterminant"),
    Case("loop", "EmptyTensorList"),
    Case("table", "LookupTableFindV2"),
    Case("nested", "MatrixDeterminant"),
    Case("inner_refused", "ResizeBicubic", IMAGES, jit=False),
    Case("inner_loop", "StatelessWhile", jit=False),
    Case("inner_of_half", "MatrixDeterminant", jit=False),
)


def named(case: Case) -> str:
    return case.function


def ask_with(worker: LaneWorker) -> Ask:
    def ask(
        function: str,
        inputs: Sequence[str] = ROWS,
        targets: Sequence[str] = ONE,
        kind: str = "trace_model",
        **more: Any,
    ) -> dict[str, Any]:
        request = request_of(f"{MODELS}:{function}", inputs=inputs, targets=targets, **more)
        return worker.ask({**question_from_request(request), "ask": kind})

    return ask


@pytest.fixture(scope="module")
def ask(tensorflow_python: str) -> Iterator[Ask]:
    with Pool([tensorflow_python, str(WORKER_FOLDER)]) as pool, pool.exclusive(LANE) as (worker,):
        yield ask_with(worker)


@pytest.fixture(scope="module")
def old_ask(old_tensorflow_python: str) -> Iterator[Ask]:
    command = [old_tensorflow_python, str(WORKER_FOLDER)]
    with Pool(command) as pool, pool.exclusive(LANE) as (worker,):
        yield ask_with(worker)


def lowering_of(answer: dict[str, Any]) -> dict[str, Any]:
    assert "failure" not in answer, answer["failure"]
    found: dict[str, Any] = answer["lowering"]
    return found


def check(ask: Ask, case: Case) -> None:
    said = lowering_of(ask(case.function, case.inputs, jit=case.jit))
    assert said["op"] == case.refused
    if case.refused is None:
        assert set(said.values()) == {None}
    else:
        assert (said["layer"], said["file"], said["unknown"]) == ("mine", str(MODELS), None)
        assert "File " not in said["message"]


def line_of(text: str) -> int:
    lines = MODELS.read_text().splitlines()
    (found,) = (number for number, line in enumerate(lines, 1) if text in line)
    return found


@pytest.mark.parametrize("case", [*COMPILES, *REFUSED], ids=named)
def test_xla_says_what_it_refuses(ask: Ask, case: Case) -> None:
    check(ask, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [*COMPILES, *REFUSED], ids=named)
def test_a_run_says_the_same(ask: Ask, case: Case) -> None:
    ran = ask(case.function, case.inputs, kind="dry_run", jit=case.jit)
    assert ("failure" in ran) == (case.refused is not None)


@pytest.mark.slow
@pytest.mark.parametrize("case", [*COMPILES, *REFUSED], ids=named)
def test_an_old_tensorflow_says_it_too(old_ask: Ask, case: Case) -> None:
    old = case._replace(refused="ResizeBilinearGrad") if case.function == "bilinear" else case
    check(old_ask, old)


def test_the_line_is_the_users(ask: Ask) -> None:
    said = lowering_of(ask("bicubic", IMAGES, jit=True))
    assert said["line"] == line_of("# refused here")
    by_hand = lowering_of(ask("by_hand", jit=True))
    assert (by_hand["op"], by_hand["layer"]) == ("StringFormat", None)
    assert by_hand["line"] == line_of("# refused in the step")


def test_where_nothing_is_compiled_xla_is_not_asked(ask: Ask) -> None:
    answer = ask("bicubic", IMAGES)
    assert lowering_of(answer) is None
    assert answer["jit"] is False


def test_a_compiled_function_is_asked_as_a_whole(ask: Ask) -> None:
    answer = ask("function", targets=())
    assert answer["jit"] is True
    assert set(lowering_of(answer).values()) == {None}
    # The size is an argument, which a run hands to the compiler.
    sized = lowering_of(ask("function_of_a_size", ("float32[4,8]", "int32[]"), ()))
    assert set(sized.values()) == {None}
    refused = lowering_of(ask("function_of_strings", ("string[4]",), ()))
    assert refused["op"] == "StringLength"


def test_arguments_of_a_function_are_no_batch(ask: Ask) -> None:
    """They keep their dtypes and need not be of one length."""
    answer = ask("function_of_two", ("float64[4,8]", "float64[8,3]"), ())
    assert set(lowering_of(answer).values()) == {None}
    assert [one["dtype"] for one in answer["fed"]] == ["float64", "float64"]


def test_an_open_batch_does_not_hide_a_refusal(ask: Ask) -> None:
    said = lowering_of(ask("bicubic", ("float32[?,8,8,3]",), ("float32[?,1]",), jit=True))
    assert said["op"] == "ResizeBicubic"
    compiled = lowering_of(ask("plain", ("float32[?,8]",), ("float32[?,1]",), jit=True))
    assert set(compiled.values()) == {None}


def is_keras_3(answer: dict[str, Any]) -> bool:
    return not str(answer["keras"]).startswith("2.")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("plain", True),
        ("never_compiled", True),
        ("without_xla", False),
        ("with_xla", False),
        ("eager", False),
    ],
)
def test_keras_3_compiles_on_a_gpu_what_was_left_to_it(
    ask: Ask, function: str, expected: bool
) -> None:
    answer = ask(function)
    assert answer["jit_on_gpu"] is (expected and is_keras_3(answer))
    assert answer["jit"] is (function == "with_xla")


def test_layers_that_forbid_xla_on_a_gpu(ask: Ask) -> None:
    steps = {"inputs": ("float32[4,4,8]",)}
    answer = ask("recurrent", **steps)  # cuDNN's there
    assert answer["jit_on_gpu"] is False
    assert ask("recurrent_without_cudnn", **steps)["jit_on_gpu"] is is_keras_3(answer)
    assert ask("hashing", ("int32[4,8]",))["jit_on_gpu"] is False


def test_keras_2_never_compiles_by_itself(old_ask: Ask) -> None:
    assert old_ask("plain")["jit_on_gpu"] is False
