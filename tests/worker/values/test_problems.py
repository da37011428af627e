"""What the worker says of a step's values before it runs: faulty models and their fixed twins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from envprobe.probe.lane import Lane
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.pool import Pool

pytestmark = pytest.mark.tensorflow
MODELS = Path(__file__).parents[1] / "value_models.py"
LANE = Lane(
    name="model",
    config={"cpu_devices": 1, "gpus": "none"},
    limit_seconds=120.0,
    environment={"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"},
)
Problems = Callable[..., list[dict[str, Any]]]
Range = tuple[float, float] | None


def _problems(python: str) -> Iterator[Problems]:
    with Pool([python, str(WORKER_FOLDER)]) as pool, pool.exclusive(LANE) as (worker,):

        def problems(
            function: str, inputs: list[Any], targets: list[Any], **more: Any
        ) -> list[dict[str, Any]]:
            question: dict[str, Any] = {
                "ask": "trace_model",
                "source": {"kind": "python_file", "path": str(MODELS), "function": function},
                "mode": "train", "data": None, "loss": None, "optimizer": None,
                "precision": "float32", "batch": None, "jit": False, "trust": False,
                "inputs": inputs, "targets": targets,
            }  # fmt: skip
            answer = worker.ask({**question, **more})
            assert "failure" not in answer, answer["failure"]
            found: list[dict[str, Any]] = answer["value_problems"]
            return found

        yield problems


@pytest.fixture(scope="module")
def problems(tensorflow_python: str) -> Iterator[Problems]:
    yield from _problems(tensorflow_python)


@pytest.fixture(scope="module")
def old_problems(old_tensorflow_python: str) -> Iterator[Problems]:
    yield from _problems(old_tensorflow_python)


def spec(dtype: str, *shape: int, at: Range = None, name: str | None = None) -> dict[str, Any]:
    low, high = at or (None, None)
    return {"name": name, "dtype": dtype, "shape": list(shape), "low": low, "high": high}


def image(at: Range = None) -> list[dict[str, Any]]:
    return [spec("float32", 4, 8, at=at)]


def words(at: Range = None) -> list[dict[str, Any]]:
    return [spec("int32", 4, 6, at=at)]


ONE = [spec("float32", 4, 1)]


def labels(at: Range = None) -> list[dict[str, Any]]:
    return [spec("int32", 4, at=at)]


FINE: dict[str, tuple[str, list[Any], list[Any]]] = {
    "ids in range": ("ids", words((0, 50)), ONE),
    "ids that nobody described": ("ids", words(), ONE),
    "ids counted from one": ("ids_from_one", words((1, 51)), ONE),
    "hashed ids": ("ids_of_a_hash", words((0, 10_000)), ONE),
    "clipped ids": ("ids_clipped", words((-5, 10_000)), ONE),
    "ids through floats": ("ids_through_floats", words((0, 25)), ONE),
    "negative ids that wrap": ("ids_wrapped", words((-50, 50)), ONE),
    "one-hot takes any id": ("one_hot", [spec("int32", 4, at=(0, 99))], ONE),
    "labels in range": ("five_classes", image(), labels((0, 5))),
    "labels that nobody described": ("five_classes", image(), labels()),
    "ignored label": ("ignoring_255", image(), labels((255, 255))),
    "pixels as the check wants them": ("checks_pixels", image((0, 1)), ONE),
    "logarithm of anything positive": ("logarithm", image((1, 9)), ONE),
    "logarithm of who knows what": ("logarithm", image(), ONE),
    "logarithm with a floor": ("logarithm_of_positive", image((-1, 0)), ONE),
    "where inside": ("where_inside_logarithm", image(), ONE),
    "root with epsilon": ("root_of_little", image(), ONE),
    "guarded division": ("masked_loss_guarded", image(), [spec("float32", 4, 1, at=(0, 0))]),
    "a mirror inside": ("mirrored", image(), ONE),
    "as many as the mask leaves": ("kept_in_one_row", image(), ONE),
    "no whole zero": ("whole_division", words((1, 5)), ONE),
}


@pytest.mark.parametrize("name", FINE)
def test_nothing_is_said_of_values_that_fit(problems: Problems, name: str) -> None:
    assert problems(*FINE[name]) == []


def only(found: list[dict[str, Any]]) -> dict[str, Any]:
    (problem,) = found
    return problem


def test_ids_behind_the_end_of_a_table(problems: Problems) -> None:
    found = only(problems("ids", words((0, 60)), ONE))
    assert (found["kind"], found["certain"], found["table"]) == ("index", True, True)
    assert found["seen"] == "indices 0 to 59, valid are 0 to 49"
    assert (found["layer"], found["op"]) == ("words", "GatherV2")
    assert found["line"] == 1 + MODELS.read_text().splitlines().index(
        "        return tf.gather(self._table, self._prepare(ids))"
    )


@pytest.mark.parametrize(
    ("function", "at"), [("ids_from_one", (0, 51)), ("ids_through_floats", (0, 26))]
)
def test_ids_are_followed_through_arithmetic(problems: Problems, function: str, at: Range) -> None:
    assert only(problems(function, words(at), ONE))["kind"] == "index"


@pytest.mark.parametrize("at", [(0, 6), (-1, 5), (5, 5), (1, 6)])
def test_labels_without_a_class(problems: Problems, at: Range) -> None:
    found = only(problems("five_classes", image(), labels(at)))
    assert (found["kind"], found["certain"]) == ("label", True)
    assert "classes 0 to 4 in the loss 'sparse_categorical_crossentropy'" in found["seen"]


@pytest.mark.parametrize("function", ["five_classes", "two_inputs_five_classes"])
def test_labels_without_a_class_where_nobody_told_the_inputs(
    problems: Problems, function: str
) -> None:
    found = only(problems(function, [], labels((0, 6)), batch=4))
    assert (found["kind"], found["certain"]) == ("label", True)
    assert problems(function, [], labels((0, 5)), batch=4) == []


def test_one_class_takes_one_label(problems: Problems) -> None:
    found = only(problems("one_class", image(), labels()))
    assert (found["kind"], found["certain"]) == ("label", False)
    assert "1 class" in found["seen"]
    assert problems("one_class", image(), labels((0, 0))) == []


def test_an_assertion_that_the_range_breaks(problems: Problems) -> None:
    found = only(problems("checks_pixels", image((0, 255)), ONE))
    assert (found["kind"], found["certain"], found["layer"]) == ("assertion", True, "probe")
    assert "'pixels above 1'" in found["seen"]


@pytest.mark.parametrize(
    ("function", "inputs", "op"),
    [
        ("logarithm", image((-3, -1)), "Log"),
        ("root_of_zero", image(), "SqrtGrad"),
    ],
)
def test_nan_is_blamed_on_the_node_that_makes_it(
    problems: Problems, function: str, inputs: list[Any], op: str
) -> None:
    found = only(problems(function, inputs, ONE))
    assert (found["kind"], found["certain"], found["op"]) == ("non_finite", True, op)


def test_where_does_not_keep_the_gradient_from_nan(problems: Problems) -> None:
    found = only(problems("where_after_logarithm", image(), ONE))
    assert (found["kind"], found["certain"], found["layer"]) == ("non_finite", True, "probe")
    assert "in the gradient" in found["seen"]


def test_an_empty_mask_divides_by_zero(problems: Problems) -> None:
    possible = only(problems("masked_loss", image(), ONE))
    certain = only(problems("masked_loss", image(), [spec("float32", 4, 1, at=(0, 0))]))
    assert (possible["certain"], certain["certain"]) == (False, True)
    assert certain["seen"] == "a division by zero in the loss 'masked'"
    assert "for example with targets that are all zero, in the loss 'masked'" in possible["seen"]


def test_float16_ends_at_65504(problems: Problems) -> None:
    found = only(problems("squares", image((300, 900)), ONE, precision="mixed_float16"))
    assert (found["kind"], found["certain"], found["dtype"]) == ("non_finite", True, "float16")
    assert "65504" in found["seen"]
    assert problems("squares", image((300, 900)), ONE, precision="mixed_bfloat16") == []


@pytest.mark.parametrize(
    ("function", "inputs", "op"),
    [
        ("inverse", [spec("float32", 4, 4, 4, at=(1, 1))], "MatrixInverse"),
        ("whole_division", words((0, 2)), "FloorDiv"),
    ],
)
def test_what_a_kernel_refuses_is_told_in_its_words(
    problems: Problems, function: str, inputs: list[Any], op: str
) -> None:
    found = only(problems(function, inputs, ONE))
    assert (found["kind"], found["certain"], found["op"]) == ("argument", True, op)
    assert "{{" not in found["seen"]


@pytest.mark.parametrize(
    ("function", "kind", "op"),
    [("mirrored_too_far", "sizes", "MirrorPad"), ("kept_in_rows", "argument", "Reshape")],
)
def test_sizes_that_show_only_when_the_step_runs(
    problems: Problems, function: str, kind: str, op: str
) -> None:
    found = problems(function, image(), ONE)[0]
    assert (found["kind"], found["certain"], found["op"]) == (kind, True, op)


def test_an_index_of_the_model_itself_points_outside(problems: Problems) -> None:
    found = problems("scattered_behind", image(), ONE)[0]
    assert (found["kind"], found["certain"], found["op"]) == ("index", True, "ScatterNd")
    assert not found["table"]


def test_a_function_without_a_model(problems: Problems) -> None:
    fed = [spec("float32", 9, name="scores"), spec("int32", 9, at=(5, 12), name="picks")]
    assert only(problems("function_of_scores", fed, [], mode="infer"))["kind"] == "index"
    fed = [spec("float32", 9, name="scores"), spec("int32", 9, at=(5, 9), name="picks")]
    assert problems("function_of_scores", fed, [], mode="infer") == []


def test_the_same_on_an_old_tensorflow(old_problems: Problems) -> None:
    assert only(old_problems("ids", words((0, 60)), ONE))["kind"] == "index"
    assert only(old_problems("five_classes", image(), labels((1, 6))))["kind"] == "label"
    assert only(old_problems("checks_pixels", image((0, 255)), ONE))["kind"] == "assertion"
    assert only(old_problems("logarithm", image((-3, -1)), ONE))["kind"] == "non_finite"
    for fine in ("ids in range", "labels in range", "where inside", "root with epsilon"):
        assert old_problems(*FINE[fine]) == []
