"""When a line was written."""

from __future__ import annotations

import pytest

from envprobe.diagnose.judging.times import seconds_of
from envprobe.diagnose.line import Line
from envprobe.diagnose.sighting import Sighting


def at(text: str, before: str = "") -> float | None:
    line = Line(file="x", number=1, order=0, text=text)
    return seconds_of(Sighting(name="x", line=line, fields={}, before=before))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01 00:01:40.500000: E tensorflow/x.cc:1] bad", 100.5),
        ("1970-01-01T00:01:40Z bad", 100.0),
        ("1970-01-01 00:01:40,25 - ERROR - bad", 100.25),
        ("E0000 00:00:1730497080.560232   55183 cuda_dnn.cc:8310] bad", 1730497080.560232),
        ("9999-99-99 99:99:99 bad", None),
        ("bad", None),
    ],
)
def test_of_the_line(text: str, seconds: float | None) -> None:
    assert at(text) == seconds


def test_of_the_nearest_line_above() -> None:
    above = "1970-01-01 00:00:01: I a\n1970-01-01 00:00:02: I b\nno time"
    assert at("bad", above) == 2.0
