"""All models of `keras.applications`, without weights, on the smallest images that they take."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import keras

from .case import SIZE, Case, compiled_step, integers, uniform

# The smallest that a model takes; 32 where it is not named.
SMALLEST = {"InceptionResNetV2": 75, "InceptionV3": 75, "Xception": 71}
CLASSES = 10
EXEMPT: dict[str, str] = {}


def cases() -> Iterator[Case]:
    """One compiled step each."""
    for name in names():
        yield Case(name, functools.partial(_trace, name))


def names() -> list[str]:
    """The models by introspection, so that a new one is found."""
    return sorted(name for name in dir(keras.applications) if name[0].isupper())


def _trace(name: str) -> Any:
    size = SMALLEST.get(name, 32)
    shape = (size, size, 3)
    make = getattr(keras.applications, name)
    model = make(weights=None, input_shape=shape, classes=CLASSES)
    images, labels = uniform(SIZE, *shape), integers(CLASSES, SIZE)
    return compiled_step(model, images, labels, loss="sparse_categorical_crossentropy")
