"""What is traced: one model's training step, made when its turn comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
SIZE = 4  # of a batch
SEED = 20


class Case(NamedTuple):
    """A name, and what traces its step under the global dtype policy."""

    name: str
    trace: Callable[[], Any]


def compiled_step(model: Any, x: Any, y: Any, *, optimizer: Any = "adam", loss: Any) -> Any:
    """`train_step` of a compiled model, as `fit` runs it: loss scaling, metrics, update and all.

    `x` and `y` are arrays or nests of them; only their shapes and dtypes matter.
    """
    model.compile(optimizer=optimizer, loss=loss, jit_compile=False)
    step = tf.function(lambda x, y: model.train_step((x, y)), autograph=False)
    # Variables that are made by the first call must not be made inside the function.
    model.optimizer.build(model.trainable_variables)
    return step.get_concrete_function(specs_of(x), specs_of(y))


def tape_step(call: Callable[..., Any], x: Any, variables: Callable[[], Any]) -> Any:
    """The gradient of a call's mean square, in its inputs and variables, and their update.

    `x` is a list of arrays, `variables` gives what is trained, known once it has been called.
    """
    build(call, x)
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(variables())

    def step(*inputs: Any) -> Any:
        sources = [value for value in tf.nest.flatten(inputs) if value.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            outputs = call(*inputs)
            loss = mean_square(outputs)
        trained = variables()
        found = tape.gradient(loss, [*sources, *(variable.value for variable in trained)])
        pairs = zip(found[len(sources) :], trained, strict=True)
        kept = [(gradient, variable) for gradient, variable in pairs if gradient is not None]
        if kept:
            optimizer.apply_gradients(kept)
        return outputs, found[: len(sources)]

    return tf.function(step, autograph=False).get_concrete_function(*specs_of(list(x)))


def forward_step(call: Callable[..., Any], x: Any) -> Any:
    """The call alone: what runs in an input pipeline and has no gradient."""
    build(call, x)
    return tf.function(call, autograph=False).get_concrete_function(*specs_of(list(x)))


def mean_square(outputs: Any) -> Any:
    """The mean square of all floating outputs in any nesting, in float32, as losses are."""
    floating = [value for value in tf.nest.flatten(outputs) if value.dtype.is_floating]
    return tf.add_n([tf.reduce_mean(tf.square(tf.cast(value, "float32"))) for value in floating])


def build(call: Callable[..., Any], x: Any) -> None:
    """Have a call make its variables, without running a kernel: the CPU may have none."""
    tf.function(call, autograph=False).get_concrete_function(*specs_of(list(x)))


def specs_of(arrays: Any) -> Any:
    """The specs of a nest of arrays."""
    return tf.nest.map_structure(
        lambda array: tf.TensorSpec(array.shape, tf.convert_to_tensor(array).dtype), arrays
    )


def normal(*shape: int) -> Any:
    """Seeded float32 numbers."""
    return np.random.default_rng(SEED).standard_normal(shape).astype("float32")


def uniform(*shape: int, low: float = 0.0, high: float = 1.0) -> Any:
    """Seeded float32 numbers between bounds."""
    return np.random.default_rng(SEED).uniform(low, high, shape).astype("float32")


def integers(high: int, *shape: int) -> Any:
    """Seeded int32 numbers from 0 to high - 1."""
    return np.random.default_rng(SEED).integers(0, high, shape).astype("int32")
