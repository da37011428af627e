"""A valid construction and a valid input for each layer that prepares data."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from .case import SIZE, integers, normal, uniform
from .layer_samples import Sample

WORDS = np.array([["alpha beta"], ["beta gamma"], ["gamma alpha"], ["delta"]], dtype=object)
KEYS = np.array([["alpha"], ["beta"], ["gamma"], ["delta"]], dtype=object)


def samples() -> dict[str, Sample]:
    """By the name of the layer."""
    return {**_random_images(), **_images(), **_features(), **_sounds()}


def pictures() -> Any:
    """Images with values from 0 to 255, as all these layers take them by default."""
    return uniform(SIZE, 16, 16, 3, high=255.0)


def _on_images(**options: Any) -> Sample:
    return Sample(lambda: options, (pictures(),), forward=True)


def _random_images() -> dict[str, Sample]:
    factor = {"factor": 0.3}
    with_factor = (
        *("RandomBrightness", "RandomColorDegeneration", "RandomContrast", "RandomHue"),
        *("RandomRotation", "RandomSaturation", "RandomSharpness"),
    )
    without = (
        *("RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur"),
        *("RandomGrayscale", "RandomInvert", "RandomPerspective", "AugMix", "RandAugment"),
    )
    return {
        **{name: _on_images(**factor) for name in with_factor},
        **{name: _on_images() for name in without},
        "RandomPosterization": _on_images(factor=4),
        "RandomColorJitter": _on_images(
            brightness_factor=0.2, contrast_factor=0.2, saturation_factor=0.2, hue_factor=0.2
        ),
        "RandomCrop": _on_images(height=8, width=8),
        "RandomShear": _on_images(x_factor=0.3, y_factor=0.3),
        "RandomTranslation": _on_images(height_factor=0.2, width_factor=0.2),
        "RandomZoom": _on_images(height_factor=0.2),
        "CutMix": Sample(dict, (_labelled(),), forward=True),
        "MixUp": Sample(dict, (_labelled(),), forward=True),
    }


def _labelled() -> Any:
    return {"images": pictures(), "labels": np.eye(SIZE, dtype="float32")}


def _images() -> dict[str, Sample]:
    return {
        "AutoContrast": _on_images(),
        "CenterCrop": _on_images(height=8, width=8),
        "ContrastLimitedAdaptiveHistogramEqualization": _on_images(),
        "Equalization": _on_images(),
        "MaxNumBoundingBoxes": Sample(
            lambda: {"max_number": 4, "bounding_box_format": "xyxy"}, (_boxed(),), forward=True
        ),
        "Pipeline": Sample(
            lambda: {"layers": [keras.layers.RandomFlip(), keras.layers.Rescaling(0.5)]},
            (pictures(),),
            forward=True,
        ),
        "Resizing": _on_images(height=8, width=8),
        "Solarization": _on_images(addition_factor=0.2),
    }


def _boxed() -> Any:
    boxes = np.tile(np.array([[1.0, 2.0, 8.0, 9.0]], dtype="float32"), (SIZE, 6, 1))
    labels = np.ones((SIZE, 6), dtype="float32")
    return {"images": pictures(), "bounding_boxes": {"boxes": boxes, "labels": labels}}


def _features() -> dict[str, Sample]:
    adapted = {"forward": True, "adapted": True}
    return {
        "CategoryEncoding": Sample(
            lambda: {"num_tokens": 6}, (integers(6, SIZE, 3),), forward=True
        ),
        "Discretization": Sample(lambda: {"num_bins": 4}, (normal(SIZE, 3),), **adapted),
        "HashedCrossing": Sample(lambda: {"num_bins": 8}, (KEYS, KEYS), as_list=True, forward=True),
        "Hashing": Sample(lambda: {"num_bins": 8}, (KEYS,), forward=True),
        "IntegerLookup": Sample(dict, (integers(6, SIZE, 3),), **adapted),
        "Normalization": Sample(dict, (normal(SIZE, 3),), **adapted),
        "StringLookup": Sample(dict, (KEYS,), **adapted),
        "TextVectorization": Sample(dict, (WORDS,), **adapted),
    }


def _sounds() -> dict[str, Sample]:
    sound = (normal(SIZE, 2048),)
    return {
        "MelSpectrogram": Sample(lambda: {"fft_length": 256}, sound),
        # Without a window, because windows come from SciPy.
        "STFTSpectrogram": Sample(lambda: {"window": None}, (normal(SIZE, 2048, 1),)),
    }
