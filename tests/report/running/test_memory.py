"""The curve in a line, for every alphabet."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from envprobe.report.running.report import one_line, print_run
from envprobe.report.running.sparkline import ASCII, UNICODE, sparkline
from envprobe.running.result import RunResult
from envprobe.running.sample import GpuUse, Sample, Samples, WatchedGpu, peaks_of

GIBIBYTE = 2**30
POINTS = st.lists(
    st.tuples(st.floats(0, 1e6), st.floats(0, 1e12)), max_size=300, unique_by=lambda p: p[0]
).map(sorted)


@given(POINTS, st.integers(1, 80), st.booleans())
def test_a_line_is_as_wide_as_asked_and_shows_the_peak(
    values: list[tuple[float, float]], width: int, unicode: bool
) -> None:
    top = max((value for _, value in values), default=0.0)
    line = sparkline(values, top, width, unicode=unicode)
    signs = UNICODE if unicode else ASCII
    assert len(line) == min(width, len(values))
    assert set(line) <= set(signs)
    if top > 0:
        assert signs[-1] in line


def test_growth_is_seen() -> None:
    values = [(float(second), float(second)) for second in range(80)]
    assert sparkline(values, 79.0, 8, unicode=True) == UNICODE
    assert sparkline(values, 79.0, 8, unicode=False) == ASCII


def _result() -> RunResult:
    gpus = (GpuUse(index=0, used_bytes=22 * GIBIBYTE, free_bytes=GIBIBYTE, run_bytes=GIBIBYTE),)
    every = tuple(
        Sample(
            seconds=second / 2,
            processes=3,
            resident_bytes=second * GIBIBYTE // 10,
            group_bytes=second * GIBIBYTE // 8,
            gpus=gpus,
        )
        for second in range(1, 30)
    )
    samples = Samples(
        period_seconds=0.5,
        samples=every,
        total_bytes=64 * GIBIBYTE,
        limit_bytes=4 * GIBIBYTE,
        gpus=(WatchedGpu(index=0, name="Tea Kettle 9000", total_bytes=24 * GIBIBYTE),),
    )
    return RunResult(
        command=("python",),
        folder="/",
        started="2026-01-02T03:04:05+00:00",
        duration_seconds=14.6,
        exit_code=137,
        signal="KILL",
        peaks=peaks_of(samples),
        samples=samples,
    )


def _printed(encoding: str) -> str:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, errors="strict") as file:
        print_run(_result(), Console(file=file, width=120, highlight=False))
        file.flush()
        return raw.getvalue().decode(encoding)


def test_the_report_has_a_curve_for_host_limit_and_gpu() -> None:
    told = _printed("utf-8")
    assert "ended by the signal KILL after 14.6 s (exit code 137)" in told
    assert "peak 2.9 GiB of 64 GiB" in told
    assert "peak 3.62 GiB of the limit of 4 GiB" in told
    assert "peak 22 GiB of 24 GiB, 1 GiB by the run (Tea Kettle 9000)" in told
    assert UNICODE[-1] in told


def test_plain_terminals_get_plain_signs() -> None:
    told = _printed("ascii")
    assert "#" in told
    assert told.isascii()


def test_a_good_run_is_one_line() -> None:
    assert one_line(_result()) == "14.6 s, memory peak 2.9 GiB, GPU 0 22 GiB"
