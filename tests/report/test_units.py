from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.report.units import count, duration, rate, share, size


@pytest.mark.parametrize(
    ("count_bytes", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (8 * 2**30, "8 GiB"),
        (7.7 * 2**30, "7.7 GiB"),
        (1023.9 * 2**20, "1 GiB"),
        (2**60, "1024 PiB"),
        (None, "unknown"),
    ],
)
def test_sizes(count_bytes: float | None, shown: str) -> None:
    assert size(count_bytes) == shown


@pytest.mark.parametrize(
    ("per_second", "shown"),
    [
        (0.0, "0 FLOP/s"),
        (999.6, "1 kFLOP/s"),
        (1.234e12, "1.23 TFLOP/s"),
        (989e12, "989 TFLOP/s"),
        (1e22, "10000 EFLOP/s"),
        (None, "unknown"),
    ],
)
def test_rates(per_second: float | None, shown: str) -> None:
    assert rate(per_second, "FLOP") == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0, "0 ns"),
        (2.5e-7, "250 ns"),
        (1.234e-3, "1.23 ms"),
        (0.99996, "1 s"),
        (45.67, "45.7 s"),
        (99.6, "1 min 40 s"),
        (3725, "62 min 05 s"),
        (None, "unknown"),
    ],
)
def test_durations(seconds: float | None, shown: str) -> None:
    assert duration(seconds) == shown


@given(st.floats(min_value=1e-9, max_value=99))
def test_a_duration_reads_back_within_half_a_percent(seconds: float) -> None:
    value, unit = duration(seconds).split()
    factor = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}[unit]
    assert float(value) * factor == pytest.approx(seconds, rel=6e-3)


@given(st.floats(min_value=0, max_value=1e30))
def test_no_rate_is_written_with_an_exponent(per_second: float) -> None:
    assert re.fullmatch(r"[\d.]+ [kMGTPE]?B/s", rate(per_second, "B"))


def test_shares_and_counts() -> None:
    assert [share(part) for part in (0.0012, 0.0994, 0.42, 1.5)] == [
        "0.1 %",
        "9.9 %",
        "42 %",
        "150 %",
    ]
    assert [count(n, "cell") for n in (0, 1, 1234)] == ["0 cells", "1 cell", "1,234 cells"]
