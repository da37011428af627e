"""A subject in one mode and direction: eager, graph or xla; forward or through the tape."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from .placement import misplaced, traced_call
from .subject import Subject

Cell = dict[str, Any]
PATTERN = np.array([-1.5, 1.0, 0.5, -1.0, 1.5, -0.5])


def executable(cell: Cell, subject: Subject) -> Callable[..., Any]:
    """A function of the subject's inputs that returns a flat list of tensors."""
    import tensorflow as tf

    plain = _gradient(tf, cell, subject) if cell["direction"] == "gradient" else subject.call

    def placed(*inputs: Any) -> list[Any]:
        with tf.device("/device:" + cell["device"]):
            return flat(tf, plain(*inputs))

    if cell["mode"] == "eager":
        return placed
    compiled: Callable[..., Any] = tf.function(
        placed, autograph=False, jit_compile=True if cell["mode"] == "xla" else None
    )
    return compiled


def flat(tf: Any, outputs: Any) -> list[Any]:
    """Tensors in any nesting as a list; what is no tensor (an Operation, None) left out."""
    return [item for item in tf.nest.flatten(outputs) if tf.is_tensor(item)]


def _gradient(tf: Any, cell: Cell, subject: Subject) -> Callable[..., Any]:
    def gradient(*inputs: Any) -> Any:
        watched = [inputs[index] for index in subject.watched]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            outputs = [
                output
                for output in flat(tf, subject.call(*inputs))
                if output.dtype.is_floating or output.dtype.is_complex
            ]
        if cell.get("timed"):  # what flows back must cost nothing; the numbers do not matter
            upstream = outputs
        else:
            upstream = [_upstream(tf, cell, i, output) for i, output in enumerate(outputs)]
        gradients = tape.gradient(outputs, watched, output_gradients=upstream)
        if all(found is None for found in gradients):
            raise LookupError("No gradient defined for operation " + cell["op"])
        dense = [tf.convert_to_tensor(found) for found in gradients if found is not None]
        # A training step needs both, and a graph would drop a forward op that nobody reads.
        return (outputs, dense) if cell.get("timed") else dense

    return gradient


def _upstream(tf: Any, cell: Cell, index: int, output: Any) -> Any:
    """What flows back into an output: values in a fixed pattern, exact in every float dtype."""
    if not output.shape.is_fully_defined():
        return _dynamic_upstream(tf, index, output)
    shape = list(output.shape)
    twin = cell.get("channels_last") and len(shape) == len(cell["attrs"]["data_format"])
    if twin:  # the values of the channels-first question, moved with it
        shape.insert(1, shape.pop())
    values = PATTERN[_pattern_index(np.arange(np.prod(shape, dtype=int)), index)].reshape(shape)
    if twin:
        values = np.moveaxis(values, 1, -1)
    return tf.constant(values.astype(output.dtype.as_numpy_dtype))


def _pattern_index(position: Any, output_index: int) -> Any:
    return (position * 13 + position // 7 + output_index) % len(PATTERN)


def _dynamic_upstream(tf: Any, index: int, output: Any) -> Any:
    shape = tf.shape(output)
    positions = _pattern_index(tf.range(tf.reduce_prod(shape)), index)
    pattern = tf.constant(PATTERN.astype(output.dtype.as_numpy_dtype))
    return tf.reshape(tf.gather(pattern, positions), shape)


def run_once(cell: Cell, subject: Subject) -> tuple[list[Any], Any]:
    """The outputs as numpy arrays, and the device they were on if it is not the one asked for."""
    import tensorflow as tf

    function = executable(cell, subject)

    def call() -> list[Any]:
        with tf.device("/device:" + cell["device"]):
            outputs: list[Any] = function(*subject.inputs)
            return outputs

    if cell["mode"] == "graph" and len(tf.config.list_logical_devices()) > 1:
        outputs, elsewhere = traced_call(call, cell)
    else:
        outputs = call()
        elsewhere = misplaced(outputs, cell["device"])
    values = [output.numpy() for output in outputs]
    if cell["direction"] == "forward":
        values += [variable.numpy() for variable in subject.variables]
    return values, elsewhere
