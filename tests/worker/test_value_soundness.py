"""The bounds that the worker tells of a graph's values hold for what TensorFlow really computes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from envprobe.probe.lanes import WORKER_FOLDER

pytestmark = pytest.mark.tensorflow
SERVER = Path(__file__).parent / "value_server.py"
Check = Callable[[dict[str, Any]], Any]
STEPS = (
    "Sub", "Add", "Mul", "Div", "AddConst", "MulConst", "DivConst", "Same", "Power", "Maximum",
    "Minimum", "Clip", "Select", "Divide0", "Sum", "Mean", "Max", "Whole", "Less", "Equal",
    "Finite", "Both", "Turn", "Join", "Pad", "Product", "Weights", "Softmax", "Hot", "Difference",
    "Gather", "Relu6", "Softplus", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Neg", "Abs",
    "Square", "Sigmoid", "Tanh", "Reciprocal", "Floor", "Ceil", "Sign", "Atan", "Erf",
)  # fmt: skip
NUMBERS = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 0.5, 255.0, 1e-6, 300.0, -88.0]),
    st.floats(-1e4, 1e4, allow_nan=False, width=16),
)
GRAPHS = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["float32", "float32", "float16", "bfloat16", "float64"]),
        "shape": st.tuples(st.integers(1, 4), st.integers(1, 4)),
        "ranges": st.tuples(st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS)),
        "steps": st.lists(st.tuples(st.sampled_from(STEPS), NUMBERS), min_size=1, max_size=6),
        "seed": st.integers(0, 9),
    }
)


@pytest.fixture(scope="module")
def check(tensorflow_python: str) -> Iterator[Check]:
    command = [tensorflow_python, str(SERVER), str(WORKER_FOLDER.parent)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:

        def ask(question: dict[str, Any]) -> Any:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(json.dumps(question) + "\n")
            server.stdin.flush()
            line = server.stdout.readline()
            assert line, f"the server died: {server.wait()}"
            return json.loads(line)

        yield ask
        assert server.stdin is not None
        server.stdin.close()


@pytest.mark.parametrize("step", STEPS)
def test_every_op_keeps_within_its_bounds(check: Check, step: str) -> None:
    ranges = (("float32", 0, 0), ("float32", -2, 3), ("float16", 100, 400), ("float64", -5, -1))
    for dtype, low, high in ranges:
        question = {"dtype": dtype, "shape": [2, 3], "ranges": [[low, high], [high, high + 1]],
                    "steps": [[step, 2.0], [step, -1.5]], "seed": 1}  # fmt: skip
        assert check(question) is None


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=GRAPHS)
def test_a_chain_of_ops_keeps_within_its_bounds(check: Check, question: dict[str, Any]) -> None:
    assert check(question) is None
