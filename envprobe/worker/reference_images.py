"""Image resizing, colour spaces and non-maximum suppression in numpy."""

from __future__ import annotations

import colorsys
from typing import Any, Callable

import numpy as np

Inputs = dict[str, Any]
Attrs = dict[str, Any]


def _sources(length: int, wanted: int, attrs: Attrs) -> Any:
    """Where each output pixel lies on an input axis."""
    at = np.arange(wanted, dtype=np.float64)
    if attrs.get("align_corners"):
        return at * (length - 1) / (wanted - 1)
    if attrs.get("half_pixel_centers"):
        return (at + 0.5) * length / wanted - 0.5
    return at * length / wanted


def _interpolated(images: Any, wanted: int, axis: int, attrs: Attrs) -> Any:
    length = images.shape[axis]
    source = _sources(length, wanted, attrs)
    floor = np.floor(source)
    low = np.clip(floor, 0, length - 1).astype(int)
    high = np.clip(floor + 1, 0, length - 1).astype(int)
    weight = np.reshape(source - floor, [-1 if i == axis else 1 for i in range(images.ndim)])
    return np.take(images, low, axis) * (1 - weight) + np.take(images, high, axis) * weight


def _resize_bilinear(inputs: Inputs, attrs: Attrs) -> list[Any]:
    height, width = (int(size) for size in inputs["size"])
    images = np.asarray(inputs["images"], np.float64)
    return [_interpolated(_interpolated(images, height, 1, attrs), width, 2, attrs)]


def _resize_area(inputs: Inputs, attrs: Attrs) -> list[Any]:
    """Means over whole blocks: only for sizes that divide the image's."""
    images = np.asarray(inputs["images"], np.float64)
    batch, height, width, depth = images.shape
    rows, columns = (int(size) for size in inputs["size"])
    blocks = images.reshape(batch, rows, height // rows, columns, width // columns, depth)
    return [blocks.mean(axis=(2, 4))]


def _adjust_contrast(inputs: Inputs, attrs: Attrs) -> list[Any]:
    images = inputs["images"]
    mean = images.mean(axis=(1, 2), keepdims=True)
    return [(images - mean) * inputs["contrast_factor"] + mean]


def _colours(function: Callable[..., Any]) -> Callable[[Inputs, Attrs], list[Any]]:
    def reference(inputs: Inputs, attrs: Attrs) -> list[Any]:
        return [np.array([function(*pixel) for pixel in inputs["images"]])]

    return reference


def _overlap(a: Any, b: Any) -> float:
    """Intersection over union of two boxes [y1, x1, y2, x2]."""
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared = float(np.prod(np.maximum(sides, 0.0)))
    return shared / (float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - shared)


def _kept(boxes: Any, inputs: Inputs, scores: Any, most: int) -> Any:
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        clear = all(_overlap(boxes[index], boxes[k]) <= inputs["iou_threshold"] for k in kept)
        if clear and scores[index] > inputs["score_threshold"] and len(kept) < most:
            kept.append(int(index))
    return np.array(kept)


def _suppress(inputs: Inputs, attrs: Attrs) -> list[Any]:
    """Indices, their scores and their number, as version 5 of the op returns them."""
    most = int(inputs["max_output_size"])
    kept = _kept(inputs["boxes"], inputs, inputs["scores"], most)
    return [kept, inputs["scores"][kept], np.array(len(kept))]


def _suppress_combined(inputs: Inputs, attrs: Attrs) -> list[Any]:
    boxes, scores = inputs["boxes"][0, :, 0], inputs["scores"][0, :, 0]
    kept = _kept(boxes, inputs, scores, int(inputs["max_total_size"]))
    classes = np.zeros((1, len(kept)))
    return [boxes[kept][None], scores[kept][None], classes, np.array([len(kept)])]


REFERENCES: dict[str, Callable[[Inputs, Attrs], list[Any]]] = {
    "AdjustContrastv2": _adjust_contrast,
    "CombinedNonMaxSuppression": _suppress_combined,
    "HSVToRGB": _colours(colorsys.hsv_to_rgb),
    "NonMaxSuppressionV3": lambda inputs, attrs: _suppress(inputs, attrs)[:1],
    "NonMaxSuppressionV4": lambda inputs, attrs: _suppress(inputs, attrs)[::2],
    "NonMaxSuppressionV5": _suppress,
    "RGBToHSV": _colours(colorsys.rgb_to_hsv),
    "ResizeArea": _resize_area,
    "ResizeBilinear": _resize_bilinear,
}
