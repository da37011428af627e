"""Options that contradict each other are refused before anything is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from envprobe.errors import UsageError
from envprobe.models.request import question_from_request, request_of


@pytest.fixture
def python_file(tmp_path: Path) -> str:
    (tmp_path / "m.py").write_text("")
    return f"{tmp_path / 'm.py'}:build"


@pytest.fixture
def graph(tmp_path: Path) -> str:
    (tmp_path / "frozen.pb").write_bytes(b"\n\x01x")
    return str(tmp_path / "frozen.pb")


def test_the_question_says_all_that_was_asked(python_file: str) -> None:
    request = request_of(
        python_file,
        inputs=["a=float32[?,3]"],
        targets=["int32[?]@0:10"],
        batch=8,
        precision="mixed_float16",
        loss="mse",
        jit=True,
    )
    assert request.mode == "train"
    assert request.targets[0].high == 10
    question = question_from_request(request)
    assert question["ask"] == "trace_model"
    assert question["source"]["kind"] == "python_file"
    assert question["inputs"] == [
        {"name": "a", "dtype": "float32", "shape": [8, 3], "low": None, "high": None}
    ]
    assert question["targets"] == [
        {"name": None, "dtype": "int32", "shape": [8], "low": 0.0, "high": 10.0}
    ]
    assert (question["precision"], question["loss"], question["jit"]) == (
        "mixed_float16", "mse", True,
    )  # fmt: skip


def test_a_graph_is_traced_for_inference(graph: str) -> None:
    assert request_of(graph).mode == "infer"


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({"mode": "training"}, "unknown mode 'training': did you mean train"),
        ({"precision": "mixed_fp16"}, "did you mean mixed_float16"),
        ({"batch": 0}, "--batch 0"),
        ({"mode": "infer", "loss": "mse"}, "--loss belongs to training"),
        ({"mode": "infer", "targets": ["int32[8]"]}, "--target belongs to training"),
        ({"loss": "os.system('x')"}, "expected a name that Keras knows"),
        ({"data": "/no/such.py:f"}, "/no/such.py does not exist"),
        ({"inputs": ["float32"]}, "is not understood"),
    ],
)
def test_contradictions_of_a_python_target(
    python_file: str, options: dict[str, Any], seen: str
) -> None:
    with pytest.raises(UsageError) as raised:
        request_of(python_file, **options)
    assert seen in str(raised.value)


def test_data_brings_the_batch_itself(python_file: str) -> None:
    with pytest.raises(UsageError, match="leave out --input and --target"):
        request_of(python_file, data=python_file, inputs=["float32[8]"])
    with pytest.raises(UsageError, match="leave out --batch"):
        request_of(python_file, data=python_file, batch=8)
    assert request_of(python_file, data=python_file).data is not None


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({"mode": "train"}, "has no training step"),
        ({"precision": "mixed_float16"}, "--precision does not change a saved graph"),
        ({"jit": True}, "--jit does not change a saved graph"),
    ],
)
def test_contradictions_of_a_graph(graph: str, options: dict[str, Any], seen: str) -> None:
    with pytest.raises(UsageError) as raised:
        request_of(graph, **options)
    assert seen in str(raised.value)


def test_an_op_list_takes_no_options(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_text("Relu float32\n")
    with pytest.raises(UsageError, match="--batch does not change an op list"):
        request_of(str(tmp_path / "l.txt"), batch=8)
