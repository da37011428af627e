"""A subject in one mode and direction: eager, graph or xla; forward or through the tape."""

from __future__ import annotations

from typing import Any, Callable

from .placement import misplaced, traced_call
from .subject import Subject
from .upstream import fed_upstream, upstream_of

Cell = dict[str, Any]


def executable(cell: Cell, subject: Subject) -> tuple[Callable[..., Any], list[Any]]:
    """A function that returns a flat list of tensors, and the tensors to call it with."""
    import tensorflow as tf

    if cell["direction"] == "forward":
        return _compiled(tf, cell, lambda *inputs: flat(tf, subject.call(*inputs))), subject.inputs
    fed: list[Any] = []
    if cell["mode"] != "eager" and not cell.get("timed"):
        traced = dict(cell, mode="graph")  # for the shapes alone; XLA may know only the gradient
        forward = _compiled(tf, traced, lambda *inputs: _differentiable(tf, subject, inputs))
        with tf.device("/device:" + cell["device"]):
            fed = fed_upstream(cell, forward, subject.inputs)
    return _compiled(tf, cell, _gradient(tf, cell, subject)), [*subject.inputs, *fed]


def _compiled(tf: Any, cell: Cell, plain: Callable[..., Any]) -> Callable[..., Any]:
    def placed(*inputs: Any) -> list[Any]:
        with tf.device("/device:" + cell["device"]):
            outputs: list[Any] = plain(*inputs)
            return outputs

    if cell["mode"] == "eager":
        return placed
    compiled: Callable[..., Any] = tf.function(
        placed, autograph=False, jit_compile=True if cell["mode"] == "xla" else None
    )
    return compiled


def flat(tf: Any, outputs: Any) -> list[Any]:
    """Tensors in any nesting as a list; what is no tensor (an Operation, None) left out."""
    return [item for item in tf.nest.flatten(outputs) if tf.is_tensor(item)]


def _differentiable(tf: Any, subject: Subject, inputs: Any) -> list[Any]:
    outputs = flat(tf, subject.call(*inputs))
    return [out for out in outputs if out.dtype.is_floating or out.dtype.is_complex]


def _gradient(tf: Any, cell: Cell, subject: Subject) -> Callable[..., Any]:
    count = len(subject.inputs)

    def gradient(*tensors: Any) -> list[Any]:
        inputs, upstream = tensors[:count], list(tensors[count:])
        watched = [inputs[index] for index in subject.watched]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            outputs = _differentiable(tf, subject, inputs)
        if cell.get("timed"):  # what flows back must cost nothing; the numbers do not matter
            upstream = outputs
        elif not upstream:
            upstream = [
                upstream_of(cell, list(output.shape), output.dtype, index)
                for index, output in enumerate(outputs)
            ]
        gradients = tape.gradient(outputs, watched, output_gradients=upstream)
        if all(found is None for found in gradients):
            raise LookupError("No gradient defined for operation " + cell["op"])
        dense = [tf.convert_to_tensor(found) for found in gradients if found is not None]
        # A training step needs both, and a graph would drop a forward op that nobody reads.
        return outputs + dense if cell.get("timed") else dense

    return gradient


def run_once(cell: Cell, subject: Subject) -> tuple[list[Any], str | None]:
    """The outputs as numpy arrays, and where they were if that is not the device asked for.

    Raises `NothingRanError` when the graph optimizer left nothing of the op to be run.
    """
    import tensorflow as tf

    function, inputs = executable(cell, subject)

    def call() -> list[Any]:
        with tf.device("/device:" + cell["device"]):
            outputs: list[Any] = function(*inputs)
            return outputs

    if cell["mode"] == "graph" and len(tf.config.list_logical_devices()) > 1:
        outputs, elsewhere = traced_call(call, cell, subject)
    else:
        outputs = call()
        elsewhere = misplaced(outputs, cell)
    values = [output.numpy() for output in outputs]
    if cell["direction"] == "forward":
        values += [variable.numpy() for variable in subject.variables]
    return values, elsewhere
