"""Channels-first questions and their channels-last twins."""

from __future__ import annotations

import numpy as np

from envprobe.worker.layout import channels_last_cell, from_channels_last, to_channels_last

CELL = {
    "attrs": {
        "data_format": "NCHW",
        "strides": [1, 1, 2, 3],
        "dilations": [1, 1, 4, 5],
        "explicit_paddings": [0, 0, 0, 0, 1, 2, 3, 4],
        "padding": "EXPLICIT",
    }
}


def test_attributes_per_dimension_move_with_the_channels() -> None:
    attrs = channels_last_cell(CELL)["attrs"]
    assert attrs["data_format"] == "NHWC"
    assert attrs["strides"] == [1, 2, 3, 1]
    assert attrs["dilations"] == [1, 4, 5, 1]
    assert attrs["explicit_paddings"] == [0, 0, 1, 2, 3, 4, 0, 0]


def test_empty_explicit_paddings_stay_empty() -> None:
    cell = {"attrs": {"data_format": "NCDHW", "explicit_paddings": [], "strides": [1, 1, 2, 3, 4]}}
    attrs = channels_last_cell(cell)["attrs"]
    assert attrs["explicit_paddings"] == []
    assert attrs["strides"] == [1, 2, 3, 4, 1]


def test_images_move_and_filters_do_not() -> None:
    image, filters = np.zeros((2, 3, 4, 5)), np.zeros((3, 3, 3, 8))
    assert to_channels_last(image, CELL, "input").shape == (2, 4, 5, 3)
    assert to_channels_last(filters, CELL, "filter").shape == (3, 3, 3, 8)
    assert to_channels_last(np.zeros(3), CELL, "scale").shape == (3,)
    assert list(to_channels_last(np.array([2, 3, 4, 5]), CELL, "input_sizes")) == [2, 4, 5, 3]


def test_outputs_come_back() -> None:
    assert from_channels_last(np.zeros((2, 4, 5, 3)), CELL).shape == (2, 3, 4, 5)
    kept = from_channels_last(np.zeros((3, 3, 3, 8)), CELL, is_filter=True)
    assert kept.shape == (3, 3, 3, 8)
    assert from_channels_last(np.zeros(7), CELL).shape == (7,)
