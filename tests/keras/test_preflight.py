"""The Preflight callback in real fits: a bad step never starts, a good one is as without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow
Found = dict[str, Any]

GOOD: tuple[str, ...] = ("a_good_fit", "with_validation", "with_tf_data", "with_generator")
GOOD += ("with_weights", "several_steps_at_once", "eagerly", "with_own_step")
OTHER = ("fits_without_and_with_it", "a_bad_fit", "only_warned", "two_fits")


@pytest.fixture(scope="module")
def found(live: Callable[..., Found]) -> Found:
    return live(*GOOD, *OTHER)


@pytest.mark.parametrize("name", GOOD)
def test_a_good_step_is_checked_and_trained(found: Found, name: str) -> None:
    assert (found[name]["verdict"], found[name]["errors"]) == ("supported", [])
    assert found[name]["mode"] == "train"


def test_a_good_fit_runs_every_batch_once_and_warns_of_nothing(found: Found) -> None:
    one = found["a_good_fit"]
    assert (one["losses"], one["steps"], one["warned"]) == (2, 4, [])


def test_validation_goes_on_as_ever(found: Found) -> None:
    assert found["with_validation"]["keys"] == ["loss", "val_loss"]


def test_a_dataset_without_end_is_only_looked_at(found: Found) -> None:
    assert found["with_tf_data"]["losses"] == 2


def test_every_way_to_step_steps_as_often_as_ever(found: Found) -> None:
    assert found["several_steps_at_once"]["iterations"] == 4
    assert found["eagerly"]["iterations"] == 2
    assert found["with_own_step"]["steps"] == 2


def test_the_numbers_are_those_without_it(found: Found) -> None:
    assert found["fits_without_and_with_it"] is True


def test_a_bad_step_raises_before_any_batch_ran(found: Found) -> None:
    one = found["a_bad_fit"]
    assert one["raised"]["type"] == "PreflightError"
    assert one["is_runtime_error"]
    assert "this training step will not run here" in one["raised"]["text"]
    assert "CHK1" in one["raised"]["text"]
    assert (one["verdict"], one["same"], one["steps"]) == ("unsupported", True, 0)
    assert one["iterations_after"] == 2


def test_only_warn_leaves_the_fit_to_itself(found: Found) -> None:
    one = found["only_warned"]
    assert one["verdict"] == "unsupported"
    assert len(one["warned"]) == 1
    assert one["failed"] not in {None, "PreflightError"}


def test_each_fit_has_its_own_check(found: Found) -> None:
    assert found["two_fits"]["other"] is True
