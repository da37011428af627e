"""Every class of `keras.layers`, each on a valid input."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from . import layer_samples, pipeline_samples
from .case import Case, forward_step, tape_step
from .layer_samples import Sample

EXEMPT = {
    "FlaxLayer": "runs JAX code",
    "InputLayer": "a placeholder: computes nothing",
    "InputSpec": "describes inputs: no layer",
    "JaxLayer": "runs JAX code",
    "Layer": "abstract: computes nothing",
    "TFSMLayer": "runs whatever a SavedModel holds",
    "TorchModuleWrapper": "runs PyTorch code",
    "Wrapper": "abstract: computes nothing",
}


def cases() -> Iterator[Case]:
    """One step each; a class that nobody has written a sample for fails as a case."""
    for name in names():
        if name not in EXEMPT:
            yield Case(name, functools.partial(_trace, name))


def names() -> list[str]:
    """The classes by introspection, each once: of its aliases the name that it gives itself."""
    found: dict[Any, str] = {}
    for name, value in sorted(vars(keras.layers).items()):
        if inspect.isclass(value) and (value not in found or name == value.__name__):
            found[value] = name
    return sorted(found.values())


def _trace(name: str) -> Any:
    sample = {**layer_samples.samples(), **pipeline_samples.samples()}[name]
    layer = getattr(keras.layers, name)(**sample.options())
    if sample.adapted:
        layer.adapt(sample.inputs[0])
    call = _call(layer, sample)
    if sample.forward:
        return forward_step(call, sample.inputs)
    return tape_step(call, sample.inputs, lambda: layer.trainable_variables)


def _call(layer: Any, sample: Sample) -> Any:
    training = {"training": True} if "training" in inspect.signature(layer.call).parameters else {}

    def call(*inputs: Any) -> Any:
        if sample.as_list:
            return layer(list(inputs), **training)
        return layer(*inputs, **training)

    return tf.autograph.experimental.do_not_convert(call)
