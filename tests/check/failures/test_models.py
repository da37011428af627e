"""Real models that fail, traced by a real worker: each finding names the cause and the culprit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.check.failures.explain import finding_of_failure, verdict_of_failure
from envprobe.models.answer import failure_from_answer
from envprobe.models.failure import TraceFailure
from envprobe.models.request import TraceRequest, question_from_request, request_of
from envprobe.probe.lane import Lane
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.pool import Pool
from envprobe.terms import Verdict

pytestmark = pytest.mark.tensorflow
HERE = Path(__file__).parent
LANE = Lane(
    name="model",
    config={"cpu_devices": 1, "gpus": "none"},
    limit_seconds=120.0,
    environment={"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"},
)
# One of each family; the others take a minute, and are marked slow.
QUICK = (
    "odd_skip_connection", "binary_loss_on_classes", "integer_matmul", "rounded_output",
    "numpy_mean_in_call", "dense_made_in_call", "dilated_strided_depthwise",
)  # fmt: skip


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """`causes`: the accepted ones, the best first; `culprits`: naming any of them is enough."""

    model: str
    inputs: tuple[str, ...]
    targets: tuple[str, ...] = ()
    precision: str | None = None
    causes: tuple[str, ...] = ()
    culprits: tuple[str, ...] = ()

    @property
    def function(self) -> str:
        return self.model.split(":")[1]

    @property
    def request(self) -> TraceRequest:
        file, function = self.model.split(":")
        return request_of(
            f"{HERE / 'models' / file}.py:{function}",
            inputs=self.inputs,
            targets=self.targets,
            precision=self.precision,
        )


CASES = msgspec.toml.decode((HERE / "cases.toml").read_bytes(), type=dict[str, tuple[Case, ...]])
Ask = Callable[[TraceRequest], dict[str, Any]]


@contextmanager
def asking(python: str) -> Iterator[Ask]:
    with Pool([python, str(WORKER_FOLDER)]) as pool, pool.exclusive(LANE) as (worker,):
        yield lambda request: worker.ask(question_from_request(request))


@pytest.fixture(scope="module")
def ask(tensorflow_python: str) -> Iterator[Ask]:
    with asking(tensorflow_python) as ask:
        yield ask


def cases_of(what: str, *, precise: bool = False) -> list[Any]:
    return [
        pytest.param(
            case, id=case.function, marks=() if case.function in QUICK else pytest.mark.slow
        )
        for case in CASES[what]
        if (case.precision is not None) == precise
    ]


def failure_of(ask: Ask, case: Case) -> TraceFailure:
    failure = failure_from_answer(ask(case.request))
    assert failure is not None, "the model can be traced"
    return failure


def require_explained(failure: TraceFailure, case: Case) -> None:
    finding = finding_of_failure(failure)
    assert finding.cause.value in case.causes, finding
    told = f"{finding.layer} {finding.op} {finding.seen}".lower()
    assert any(culprit.lower() in told for culprit in case.culprits), finding
    assert verdict_of_failure(failure) in (Verdict.UNSUPPORTED, Verdict.UNKNOWN)


@pytest.mark.parametrize("case", cases_of("fails"))
def test_a_failing_model_is_explained(ask: Ask, case: Case) -> None:
    require_explained(failure_of(ask, case), case)


def test_names_and_the_users_line_come_along(ask: Ask) -> None:
    (case,) = (case for case in CASES["fails"] if case.function == "targets_of_other_names")
    failure = failure_of(ask, case)
    assert set(failure.output_names) == {"age", "sex"}
    assert set(failure.target_names) == {"age", "gender"}
    assert "keras.Model(x, outputs)" in str(failure.line_text)


# Keras' policy stays set in its process: each of these has a worker of its own.
@pytest.mark.parametrize("case", cases_of("fails", precise=True))
def test_a_model_of_low_precision_is_explained(tensorflow_python: str, case: Case) -> None:
    with asking(tensorflow_python) as ask:
        require_explained(failure_of(ask, case), case)


@pytest.mark.parametrize("case", cases_of("runs"))
def test_its_twin_has_nothing_to_explain(ask: Ask, case: Case) -> None:
    assert "failure" not in ask(case.request)
