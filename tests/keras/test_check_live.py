"""`envprobe.check` of a live model, in a process of the TensorFlow that holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow
Found = dict[str, Any]

RUNNING: tuple[str, ...] = (
    "with_arrays",
    "with_specs",
    "with_open_batch",
    "with_dataset",
    "for_inference",
)
RUNNING += ("unbuilt", "in_mixed_precision", "compiled_by_xla")
REFUSED = ("not_compiled", "not_a_model", "data_and_specs", "unknown_mode")
OTHER = ("with_wrong_targets", "against_a_matrix", "keeps_the_model", "keeps_the_settings")


@pytest.fixture(scope="module")
def found(live: Callable[..., Found]) -> Found:
    return live(*RUNNING, *REFUSED, *OTHER)


@pytest.mark.parametrize(
    ("name", "batch", "mode"),
    [
        ("with_arrays", 8, "train"),
        ("with_specs", 4, "train"),
        ("with_open_batch", 5, "train"),
        ("with_dataset", None, "train"),
        ("for_inference", 4, "infer"),
    ],
)
def test_a_model_that_runs_is_supported(
    found: Found, name: str, batch: int | None, mode: str
) -> None:
    one = found[name]
    assert (one["verdict"], one["errors"]) == ("supported", [])
    assert (one["batch"], one["mode"]) == (batch, mode)
    assert one["requirements"] > (20 if mode == "train" else 2)
    assert one["source"].endswith("'plain'")


@pytest.mark.parametrize("name", ["with_arrays", "with_dataset", "keeps_the_model"])
def test_a_real_batch_is_not_told_to_be_missing(found: Found, name: str) -> None:
    assert [note for note in found[name]["notes"] if "--input" in note or "--target" in note] == []


def test_a_model_without_weights_trains_on(found: Found) -> None:
    assert (found["unbuilt"]["verdict"], found["unbuilt"]["iterations"]) == ("supported", 2)


def test_the_models_own_policy_and_compiler_are_taken(found: Found) -> None:
    assert found["in_mixed_precision"]["precision"] == "mixed_bfloat16"
    assert found["in_mixed_precision"]["verdict"] == "supported"
    assert found["compiled_by_xla"]["jit"] is True
    assert found["compiled_by_xla"]["verdict"] == "supported"


def test_targets_that_do_not_fit_are_found(found: Found) -> None:
    one = found["with_wrong_targets"]
    assert one["verdict"] == "unsupported"
    assert one["errors"][0] in {"label-loss-mismatch", "shape-mismatch"}
    assert "mean_squared_error" in one["seen"].lower().replace(" ", "_") or "mse" in one["seen"]


def test_it_can_be_held_against_other_machines(found: Found) -> None:
    assert found["against_a_matrix"]["targets"] == ["recorded"]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("not_compiled", "call model.compile(…) first"),
        ("not_a_model", "builtin_function_or_method is no Keras model"),
        ("data_and_specs", "leave out inputs and targets"),
        ("unknown_mode", "mode 'both'"),
    ],
)
def test_what_cannot_be_checked_is_one_clear_line(found: Found, name: str, seen: str) -> None:
    assert found[name]["type"] == "UsageError"
    assert seen in found[name]["text"]
    assert "\n" not in found[name]["text"]


def test_weights_and_counters_stay_and_the_model_trains_on(found: Found) -> None:
    one = found["keeps_the_model"]
    assert (one["verdict"], one["same"], one["iterations"]) == ("supported", True, 0)
    assert (one["steps_of_fit"], one["trained"]) == (2, True)


def test_the_process_keeps_its_settings(found: Found) -> None:
    assert len(found["keeps_the_settings"]) == 4
    for before, after in found["keeps_the_settings"]:
        assert after == before
