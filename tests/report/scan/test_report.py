from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from envprobe.matrix.cell import Cell
from envprobe.report.scan.report import print_scan
from envprobe.scanning.result import ScanResult
from envprobe.terms import Finding, Severity, Status

MakeCell = Callable[..., Cell]
MakeResult = Callable[..., ScanResult]
LONG = Path("/home/someone/.local/share/envprobe/matrices/a-rather-long-name-of-a-matrix-file.json")


@pytest.fixture
def result(make_cell: MakeCell, make_result: MakeResult) -> ScanResult:
    cells = [
        make_cell(
            op=f"AnOperation{n:03d}",
            dtype=dtype,
            status=list(Status)[n % len(Status)],
            reason="because [of] this" if n % len(Status) else None,
            seconds_median=1e-3 if n % len(Status) == 0 else None,
            flops_per_second=1e9 + n if n % len(Status) == 0 else None,
        )
        for n in range(120)
        for dtype in ("float16", "bfloat16", "float32", "float64", "int32", "complex128")
    ]
    warn = Finding(code="DOC2", name="mild", severity=Severity.WARNING, seen="x" * 300, why="y")
    error = Finding(
        code="DOC3", name="grave", severity=Severity.ERROR, seen="a [b] c", why="w", fix="mend"
    )
    return make_result(*cells, findings=(warn, error), path=LONG, notes=("a note",))


def printed(result: ScanResult, width: int, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, errors="strict")
    print_scan(result, Console(file=file, width=width))
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_it_fits_the_width_but_for_the_path_which_stays_whole(
    result: ScanResult, width: int
) -> None:
    lines = printed(result, width).splitlines()
    too_long = [line for line in lines if len(line) > width]
    assert all(line.startswith("Saved: ") for line in too_long)
    assert f"Saved: {LONG}" in lines


def test_a_pipe_gets_no_escape_sequences(result: ScanResult) -> None:
    assert "\x1b" not in printed(result, 80)


def test_no_color_is_honoured(result: ScanResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()
    print_scan(result, Console(file=file, width=80, force_terminal=True))
    codes = {
        code
        for part in file.getvalue().split("\x1b[")[1:]
        for code in part.split("m")[0].split(";")
    }
    assert codes <= {"0", "1", "2", "3", "4", ""}  # weight and underlining, no colour


def test_an_ascii_terminal_gets_ascii(result: ScanResult) -> None:
    assert printed(result, 80, "ascii").isascii()


def test_errors_come_before_warnings_with_their_fix(result: ScanResult) -> None:
    text = printed(result, 80)
    assert text.index("error DOC3 grave") < text.index("warning DOC2 mild")
    assert "seen: a [b] c" in text
    assert "fix: mend" in text


def test_the_order_of_the_sections(result: ScanResult) -> None:
    text = printed(result, 100)
    titles = [
        "Machine",
        "Findings",
        "CPU:0 Tea Kettle 9000",
        "Why not supported",
        "Speed",
        "Result",
    ]
    places = [text.index(f"\n{title}") for title in titles]
    assert places == sorted(places)


def test_counts_stand_per_device(result: ScanResult) -> None:
    assert "720 cells of 120 ops: ✓ 66 supported" in printed(result, 200)


def test_without_findings_it_says_none(make_cell: MakeCell, make_result: MakeResult) -> None:
    assert "Findings\nnone\n" in printed(make_result(make_cell()), 80)


def test_a_scan_that_measured_nothing_says_so(make_result: MakeResult) -> None:
    text = printed(make_result(devices=()), 80)
    assert "Next:  nothing could be probed" in text
    assert "Not saved" in text


@pytest.mark.parametrize(
    ("record", "advice"),
    [
        ({"complete": False}, "--resume"),
        ({"preset": "quick"}, "--preset full"),
        ({"preset": "full"}, "the file holds every cell"),
    ],
)
def test_the_next_step_follows_from_the_scan(
    make_cell: MakeCell, make_result: MakeResult, record: dict[str, object], advice: str
) -> None:
    text = printed(make_result(make_cell(), record=record), 120)
    assert advice in next(line for line in text.splitlines() if line.startswith("Next:"))
