"""Sentences are filled with what is known, and leave out what is not."""

from __future__ import annotations

import pytest

from envprobe.diagnose.judging.template import LONGEST_VALUE, UNKNOWN, filled


@pytest.mark.parametrize(
    ("template", "fields", "told"),
    [
        ("plain", {}, "plain"),
        ("a {x}", {"x": 3}, "a 3"),
        ("a[ of {x}]", {"x": "b"}, "a of b"),
        ("a[ of {x}]", {}, "a"),
        ("a[ of {x} and {y}][ in {x}]", {"x": 1}, "a in 1"),
        ("shape [{x}]", {"x": "1,2"}, "shape 1,2"),
        ("a[ on [{x}]]", {"x": "1,2"}, "a on [1,2]"),
        ("a[ on [{x}]]", {}, "a"),
        ("in [0, {x})[ at {y}]", {"x": 3, "y": "b"}, "in [0, 3) at b"),
        ("in [0, {x})[ at {y}]", {"x": 3}, "in [0, 3)"),
        ("tf.data[0] {x}", {"x": 1}, "tf.data[0] 1"),
        ("{x}", {"x": "[{y}]"}, "[{y}]"),
        ("{x}", {}, UNKNOWN),
    ],
)
def test_filled(template: str, fields: dict[str, str | int | float], told: str) -> None:
    assert filled(template, fields) == told


def test_a_long_value_is_cut() -> None:
    assert len(filled("{x}", {"x": "y" * 5000})) == LONGEST_VALUE
