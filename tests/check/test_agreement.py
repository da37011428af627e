"""`check` beside the measured truth: what fails is found with its cause, what runs is let be."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CASES = Path(__file__).parent / "cases"
SCRIPT = Path(__file__).parents[2] / "scripts" / "check_agreement.py"
# Pairs of a model that fails and its twin that runs: by shapes, by a kernel, by values, by XLA.
FAST = (
    "residual_of_two_sizes",
    "residual_of_one_size",
    "volumes_averaged_in_half",
    "volumes_averaged_in_float32",
    "hundred_words",
    "two_hundred_words",
    "python_inside",
    "no_python_inside",
)


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_agreement", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_agreement"] = module
    spec.loader.exec_module(module)
    return module


agreement = _loaded()
ALL: list[dict[str, Any]] = agreement.read_cases(CASES)


@pytest.fixture(scope="module", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """No cached op list and no scan of this machine has a part in it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name)))
        yield


def require_truth(cases: list[dict[str, Any]], python: str) -> None:
    scored = agreement.score(CASES, cases, python=python)
    assert len(scored) == len(cases) > 0
    assert list(agreement.wrong(scored)) == []
    told = agreement.agreement(scored)
    assert (told.right, told.false_green) == (len(cases), 0)
    assert told.failing == told.right_cause == told.right_culprit


@pytest.mark.tensorflow
def test_some_cases_are_told_as_they_are(tensorflow_python: str) -> None:
    require_truth([case for case in ALL if case["id"] in FAST], tensorflow_python)


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("case", ALL, ids=[case["id"] for case in ALL])
def test_a_case_is_told_as_it_is(case: dict[str, Any], tensorflow_python: str) -> None:
    require_truth([case], tensorflow_python)


def test_the_fast_cases_are_pairs_of_both_kinds() -> None:
    truths = [case["truth"] for case in ALL if case["id"] in FAST]
    assert (truths.count("fails"), truths.count("runs")) == (4, 4)
