"""What a worker says of real models: what their steps require, and why a step cannot be traced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from envprobe.probe.lane import Lane, LaneWorker
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.pool import Pool

pytestmark = pytest.mark.tensorflow
MODELS = Path(__file__).parents[1] / "traced_models.py"
LANE = Lane(
    name="model",
    config={"cpu_devices": 1, "gpus": "none"},
    limit_seconds=120.0,
    environment={"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"},
)
Ask = Callable[..., dict[str, Any]]


def ask_with(worker: LaneWorker) -> Ask:
    def ask(function: str, **more: Any) -> dict[str, Any]:
        question: dict[str, Any] = {
            "ask": "trace_model",
            "source": {"kind": "python_file", "path": str(MODELS), "function": function},
            "mode": "train", "inputs": [], "targets": [], "data": None, "loss": None,
            "optimizer": None, "precision": None, "batch": None, "jit": False, "trust": False,
        }  # fmt: skip
        return worker.ask({**question, **more})

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


def spec(dtype: str, *shape: int | None, name: str | None = None) -> dict[str, Any]:
    return {"name": name, "dtype": dtype, "shape": list(shape)}


def nodes(answer: dict[str, Any], op: str) -> list[dict[str, Any]]:
    assert "failure" not in answer, answer["failure"]
    return [one for one in answer["requirements"] if one["op"] == op]


def line_of(text: str) -> int:
    lines = MODELS.read_text().splitlines()
    (found,) = (number for number, line in enumerate(lines, 1) if text in line)
    return found


def check_small(answer: dict[str, Any]) -> None:
    (conv,) = nodes(answer, "Conv2D")
    assert conv["dtypes"] == {"T": "float32"}
    assert conv["attrs"]["padding"] == "VALID"
    assert conv["attrs"]["data_format"] == "NHWC"
    assert [(one["name"], one["shape"]) for one in conv["inputs"]] == [
        ("input", [4, 8, 8, 3]),
        ("filter", [3, 3, 3, 4]),
    ]
    assert conv["outputs"][0]["shape"] == [4, 6, 6, 4]
    assert (conv["direction"], conv["compiled"], conv["count"]) == ("forward", False, 1)
    (place,) = conv["places"]
    assert (place["layer"], place["file"]) == ("first", str(MODELS))
    assert place["line"] == line_of('layers.Conv2D(4, 3, name="first")')
    (gradient,) = nodes(answer, "Conv2DBackpropFilter")
    assert gradient["direction"] == "gradient"
    assert gradient["places"][0]["layer"] == "first"
    # The image is no variable: nothing asks for its gradient.
    assert nodes(answer, "Conv2DBackpropInput") == []
    assert nodes(answer, "SparseSoftmaxCrossEntropyWithLogits")
    assert answer["model"]["name"] == "small"
    assert answer["model"]["parameters"] == 3 * 3 * 3 * 4 + 4 + 6 * 6 * 4 * 5 + 5
    assert answer["optimizer"] == "Adam"


BATCH = {"inputs": [spec("float32", 4, 8, 8, 3)], "targets": [spec("int32", 4)]}


def test_a_whole_training_step_is_read(ask: Ask) -> None:
    answer = ask("small", **BATCH)
    check_small(answer)
    assert [one["dtype"] for one in answer["fed"]] == ["float32", "int32"]


def test_the_same_on_an_old_tensorflow(old_ask: Ask) -> None:
    check_small(old_ask("small", **BATCH))


def test_a_layer_keeps_the_line_where_it_was_written(ask: Ask) -> None:
    (conv,) = nodes(ask("rounds_beside", inputs=[spec("float32", 4, 4)], targets=[
        spec("float32", 4, 4)]), "Floor")  # fmt: skip
    (place,) = conv["places"]
    assert place == {
        "layer": "floors",
        "file": str(MODELS),
        "line": line_of("# the user's line of the node"),
    }
    (product, *_) = [one for one in nodes(ask("loops"), "MatMul") if one["direction"] == "forward"]
    assert product["places"][0]["layer"] == "trained"
    assert product["places"][0]["line"] == line_of('layers.Dense(4, name="trained"), layer]')


def test_a_policy_is_set_before_the_model_is_built(ask: Ask) -> None:
    answer = ask("small", **BATCH, precision="mixed_float16")
    assert [one["dtypes"]["T"] for one in nodes(answer, "Conv2D")] == ["float16"]
    assert answer["policy"] == ["mixed_float16"]
    assert "LossScale" in answer["optimizer"]
    assert nodes(answer, "IsFinite")  # loss scaling looks for infinities
    assert [one["dtypes"]["T"] for one in nodes(ask("small", **BATCH, precision="float32"),
                                                "Conv2D")] == ["float32"]  # fmt: skip


def test_inference_has_no_gradient_and_no_loss(ask: Ask) -> None:
    answer = ask("small", inputs=BATCH["inputs"], mode="infer")
    assert nodes(answer, "Conv2D")
    assert {one["direction"] for one in answer["requirements"]} == {"forward"}


def test_jit_marks_what_xla_compiles(ask: Ask) -> None:
    answer = ask("small", **BATCH, jit=True)
    assert answer["jit"] is True
    assert all(one["compiled"] for one in nodes(answer, "Conv2D"))


def test_defaults_are_taken_and_told(ask: Ask) -> None:
    answer = ask("uncompiled", batch=3)
    assert [one["shape"] for one in answer["fed"]] == [[3, 6], [3, 3]]
    assert (answer["optimizer"], len(answer["notes"])) == ("Adam", 4)
    given = ask("uncompiled", inputs=[spec("float32", 3, 6)], targets=[spec("int32", 3)])
    assert given["loss"] == "sparse_categorical_crossentropy"
    own = ask("uncompiled", loss="mae", optimizer="sgd", batch=3)
    assert (own["loss"], own["optimizer"]) == ("mae", "SGD")


def test_fit_turns_float64_arrays_into_floatx(ask: Ask) -> None:
    answer = ask("uncompiled", inputs=[spec("float64", 3, 6)], targets=[spec("float64", 3, 3)])
    assert [one["dtype"] for one in answer["fed"]] == ["float32", "float32"]


@pytest.mark.parametrize(("function", "size"), [("batch", 7), ("batches", 5)])
def test_real_data_gives_the_batch(ask: Ask, function: str, size: int) -> None:
    data = {"kind": "python_file", "path": str(MODELS), "function": function}
    answer = ask("uncompiled", data=data, loss="mse")
    assert [one["shape"] for one in answer["fed"]] == [[size, 6], [size, 3]]


def test_a_loops_body_counts_once(ask: Ask) -> None:
    answer = ask("loops", inputs=[spec("float32", 4, 4)], targets=[spec("float32", 4, 4)])
    (tanh,) = nodes(answer, "Tanh")
    assert (tanh["count"], tanh["places"][0]["layer"]) == (1, "loops")


def test_functions_of_tensorflow_are_traced_as_they_are(ask: Ask) -> None:
    values = [spec("float32", 2, None)]
    for name in ("doubled", "makes_function"):
        (relu,) = nodes(ask(name, inputs=values), "Relu")
        assert relu["inputs"][0]["shape"] == [2, None]
    (softplus,) = nodes(ask("compiled_function", inputs=values), "Softplus")
    assert softplus["compiled"] is True


def test_shapes_that_do_not_meet_name_layer_op_and_line(ask: Ask) -> None:
    odd = [spec("float32", 2, 9, 9, 3)]
    failure = ask("skip", inputs=odd, targets=[spec("float32", 2, 9, 9, 6)])["failure"]
    assert (failure["stage"], failure["op"], failure["layer"]) == ("trace", "ConcatV2", "joined")
    assert failure["layer_class"] == "Concatenate"
    assert failure["layer_inputs"] == ["float32[2, 9, 9, 3]", "float32[2, 8, 8, 3]"]
    assert (failure["file"], failure["line"]) == (str(MODELS), line_of('name="joined"'))
    even = [spec("float32", 2, 8, 8, 3)]
    assert nodes(ask("skip", inputs=even, targets=[spec("float32", 2, 8, 8, 6)]), "ConcatV2")


def test_a_step_without_gradients_names_what_stops_them(ask: Ask) -> None:
    batch = {"inputs": [spec("float32", 4, 4)], "targets": [spec("float32", 4, 4)]}
    failure = ask("floors", **batch)["failure"]
    assert failure["stops"][0]["op"] == "Floor"
    assert failure["layer"] == "floors"
    assert nodes(ask("rounds_beside", **batch), "Floor")


def test_a_loss_that_ignores_the_model_is_named(ask: Ask) -> None:
    batch = {"inputs": [spec("float32", 4, 4)], "targets": [spec("float32", 4, 4)]}
    failure = ask("ignored", **batch)["failure"]
    assert (failure["part"], failure["part_name"]) == ("loss", "of_targets")
    assert failure["stops"] == []


def test_a_symbol_given_to_tensorflow_names_the_call(ask: Ask) -> None:
    failure = ask("symbol_into_tensorflow")["failure"]
    assert (failure["stage"], failure["called"]) == ("build", "relu")
    assert failure["line"] == line_of("tf.nn.relu(entry)")


def test_an_op_without_a_gradient_names_its_layer(ask: Ask) -> None:
    batch = {"inputs": [spec("float32", 2, 8, 8, 3)], "targets": [spec("float32", 2, 4, 4, 4)]}
    failure = ask("area", **batch)["failure"]
    assert (failure["op"], failure["gradient_of"]) == ("ResizeArea", "ResizeArea")
    assert (failure["part"], failure["layer"]) == ("gradient", "shrunk")
    assert nodes(ask("area", inputs=batch["inputs"], mode="infer"), "ResizeArea")


def test_targets_that_do_not_fit_the_loss_name_the_loss(ask: Ask) -> None:
    failure = ask("small", inputs=BATCH["inputs"], targets=[spec("int32", 4, 5, 2)])["failure"]
    assert (failure["stage"], failure["part"]) == ("trace", "loss")
    assert failure["part_name"] == "sparse_categorical_crossentropy"


def test_python_in_a_layer_names_the_users_line(ask: Ask) -> None:
    batch = {"inputs": [spec("float32", 4, 4)], "targets": [spec("float32", 4, 1)]}
    failure = ask("with_numpy", **batch)["failure"]
    assert failure["error_type"] == "NotImplementedError"
    assert failure["layer"] == "numpy_inside"
    assert failure["line"] == line_of("np.asarray(inputs)")


@pytest.mark.parametrize(
    ("function", "stage", "seen"),
    [
        ("raises", "build", "no luck today"),
        ("leaves", "build", "0"),
        ("needs", "build", "needs size: it is called without arguments"),
        ("gives_nothing", "build", "returned None: expected a Keras model"),
        ("no_such", "load", "it has area, batch"),
        ("small.no_such", "load", "has no"),
    ],
)
def test_a_function_that_gives_no_model_is_told(
    ask: Ask, function: str, stage: str, seen: str
) -> None:
    failure = ask(function)["failure"]
    assert failure["stage"] == stage
    assert seen in failure["message"]


def test_arrays_of_several_lengths_are_refused_as_keras_does(ask: Ask) -> None:
    specs = {"inputs": [spec("float32", 4, 6)], "targets": [spec("float32", 5, 3)]}
    failure = ask("uncompiled", **specs)["failure"]
    assert failure["stage"] == "data"
    assert "cardinality" in failure["message"]


def test_own_inputs_have_the_batch_of_the_targets(ask: Ask) -> None:
    answer = ask("uncompiled", targets=[spec("float32", 5, 3)])
    assert "failure" not in answer
    assert [one["shape"][0] for one in answer["fed"]] == [5, 5]


def test_a_function_that_is_called_with_who_knows_what_is_not_guessed(ask: Ask) -> None:
    failure = ask("bare_function")["failure"]
    assert failure["refused"] is True
    assert "takes x" in failure["message"]
    assert nodes(ask("bare_function", inputs=[spec("float32", 4, 6)]), "Softmax")


@pytest.mark.parametrize("which", ["ask", "old_ask"])
def test_layers_that_keras_named_are_told_apart(which: str, request: pytest.FixtureRequest) -> None:
    answer = request.getfixturevalue(which)("named_by_keras", batch=2)
    told = {
        tuple(one["inputs"][1]["shape"]): one["places"][0]["layer"]
        for one in nodes(answer, "MatMul")
        if one["direction"] == "forward"
    }
    assert told == {(9, 7): "dense", (7, 6): "dense_1", (6, 5): "dense_2"}


def test_data_that_yields_nothing_is_told(ask: Ask) -> None:
    data = {"kind": "python_file", "path": str(MODELS), "function": "no_batch"}
    failure = ask("uncompiled", data=data)["failure"]
    assert failure["refused"] is True
    assert "yields nothing" in failure["message"]


def test_a_fork_is_answered_once(ask: Ask) -> None:
    assert nodes(ask("forks", batch=2), "MatMul")
    assert nodes(ask("uncompiled", batch=2), "MatMul")


def test_prints_do_not_disturb_the_answer(ask: Ask) -> None:
    assert nodes(ask("prints", batch=2), "MatMul")


def test_the_values_of_real_data_are_looked_at(ask: Ask) -> None:
    data = {"kind": "python_file", "path": str(MODELS), "function": "labels_of_ten"}
    (problem,) = ask("of_ten_classes", data=data)["value_problems"]
    assert (problem["kind"], problem["certain"]) == ("label", True)
    assert "10" in problem["seen"]


@pytest.mark.parametrize(("option", "package"), [("loss", "losses"), ("optimizer", "optimizers")])
def test_a_name_that_keras_does_not_know_is_a_slip_of_the_request(
    ask: Ask, option: str, package: str
) -> None:
    failure = ask("uncompiled", **{option: "nope"})["failure"]
    assert failure["refused"]
    assert failure["message"] == f"--{option} nope: keras.{package} has nothing of this name"
