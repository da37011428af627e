"""The answers about ops as people see them: widths, alphabets, and what stands where."""

from __future__ import annotations

import io
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from envprobe.evidence.look_up import look_up
from envprobe.report.ops.answer import headline, ops_report, print_ops
from envprobe.report.symbols import Alphabet

RELEASE = "2.21.0"
RECORDED = Path(str(resources.files("kernels_matrix"))) / "recorded"
ASKED: list[dict[str, Any]] = [
    {"pattern": "Conv3D", "tensorflow": RELEASE},
    {"pattern": "Cast", "tensorflow": "2.14.1"},
    {"pattern": "NoOp", "tensorflow": RELEASE},
    {"pattern": "lstm", "tensorflow": RELEASE},
    {"pattern": "Random*", "tensorflow": RELEASE},
    {"pattern": "*Mat*", "tensorflow": RELEASE, "dtype": "bfloat16", "device_type": "GPU"},
    {"tensorflow": RELEASE},
    {"pattern": "Gather*", "history": True},
    {"pattern": "Cast", "history": True},
    {"pattern": "*Conv*", "compare": ("2.13.1", RELEASE)},
    {"pattern": "S*", "missing": "gradient", "tensorflow": RELEASE},
    {"pattern": "S*", "missing": "kernel", "tensorflow": RELEASE},
]


@pytest.fixture(autouse=True)
def no_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda name: tmp_path / name)


@pytest.fixture
def recorded() -> Path:
    return min(RECORDED.glob("*-tensorflow-2.21.0-*.json"))


def shown(width: int = 80, *, unicode: bool = True, **asked: Any) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    for part in ops_report(look_up(**asked), width, Alphabet(unicode=unicode)):
        console.print(part, crop=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def body(lines: list[str], title: str) -> list[str]:
    """The lines of the section whose title starts so."""
    start = next(at for at, line in enumerate(lines) if line.startswith(title))
    end = next((at for at in range(start, len(lines)) if not lines[at].strip()), len(lines))
    return lines[start + 1 : end]


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_no_line_is_wider_than_the_output(width: int, asked: dict[str, Any]) -> None:
    assert [line for line in shown(width, **asked) if len(line) > width] == []


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_every_sign_has_a_plain_form(asked: dict[str, Any]) -> None:
    lines = shown(unicode=False, **asked)
    assert [line for line in lines if not line.isascii()] == []


def test_what_was_measured_stands_apart_from_what_is_registered(recorded: Path) -> None:
    lines = shown(pattern="Conv3D", matrix=recorded)
    registered, measured = body(lines, "Registered"), body(lines, "Measured")
    assert not any("✓" in line for line in registered)
    assert any(line.startswith("GPU ") for line in registered)
    assert any("✓" in line for line in measured)
    assert not any(line.startswith(("GPU", "XLA")) for line in measured)
    assert any(line.startswith("median of ndhwc forward") for line in measured)
    disagree = measured[measured.index("registry and execution disagree:") + 1 :]
    assert any("ncdhw" in line and "float16" in line for line in disagree)


def test_nothing_measured_says_how_to_measure() -> None:
    assert body(shown(pattern="Conv3D"), "Measured") == [
        "`envprobe scan --op Conv3D` measures it here"
    ]
    assert "the catalog" in body(shown(pattern="NoOp"), "Measured")[0]


def test_the_signs_that_occur_are_explained_and_no_others() -> None:
    lines = body(shown(pattern="AddV2", tensorflow=RELEASE), "Registered")
    legend = " ".join(lines)
    assert "r registered" in legend
    assert "h registered in host memory" in legend
    assert "· the op does not allow this dtype" in legend
    assert "– no kernel" not in " ".join(shown(pattern="Abs", dtype="float32", tensorflow=RELEASE))


def test_the_gap_of_a_gradient() -> None:
    lines = body(shown(pattern="Lgamma", tensorflow=RELEASE), "Gradient")
    assert "CPU GPU: bfloat16: no kernel for Digamma, which it needs" in lines


def test_device_types_that_are_alike_share_a_table() -> None:
    lines = shown(pattern="Conv3D*", tensorflow=RELEASE)
    assert "Registered for CPU and GPU" in lines
    assert "Registered for XLA_CPU_JIT and XLA_GPU_JIT" in lines


def test_comparing_counts_first() -> None:
    lines = shown(pattern="GatherV2", compare=("2.14.1", RELEASE))
    assert lines[0].startswith("From TensorFlow 2.14.1 to 2.21.0: 0 ops new, 0 gone, 1 changed.")
    assert any(line.startswith(("  + CPU", "  + GPU")) for line in lines)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            {"pattern": "Abs", "tensorflow": "2.15.1"},
            "Abs, TensorFlow 2.15.1 (GPU build): as asked",
        ),
        ({"tensorflow": "2.15.0"}, "the nearest known release to 2.15.0"),
    ],
)
def test_the_headline_says_which_registry_and_why(asked: dict[str, Any], told: str) -> None:
    assert told in headline(look_up(**asked))


def test_what_was_recorded_elsewhere_is_told_for_the_release_that_it_was_seen_in() -> None:
    told = "Recorded on another machine's CPU, TensorFlow 2.21.0"
    lines = shown(pattern="Conv2D", tensorflow="2.21.0")
    assert told in lines
    assert any(line.startswith("  nchw: float16") for line in lines[lines.index(told) :])
    assert not any("Recorded" in line for line in shown(pattern="Conv2D", tensorflow="2.15.1"))


def test_the_headline_names_the_scan(recorded: Path) -> None:
    assert str(recorded) in headline(look_up("Abs", matrix=recorded))


def test_a_narrow_ascii_console_gets_all_of_it() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_ops(look_up("Conv3D", tensorflow=RELEASE), Console(file=file, width=50))
    file.seek(0)
    assert "XLA_GPU_JIT" in file.read()
