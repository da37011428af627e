"""What flows back into the outputs of a gradient cell."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from .layout import gives_filter

Cell = dict[str, Any]
PATTERN = np.array([-1.5, 1.0, 0.5, -1.0, 1.5, -0.5])  # exact in every float dtype


def upstream_of(cell: Cell, shape: list[int], dtype: Any, index: int) -> Any:
    """The upstream gradient of output `index`: a fixed pattern of that shape, as a tensor."""
    import tensorflow as tf

    twin = (
        cell.get("channels_last")
        and len(shape) == len(cell["attrs"]["data_format"])
        and not gives_filter(cell["op"])
    )
    if twin:  # the values of the channels-first question, moved with it
        shape = [shape[0], shape[-1], *shape[1:-1]]
    position = np.arange(np.prod(shape, dtype=int))
    values = PATTERN[(position * 13 + position // 7 + index) % len(PATTERN)].reshape(shape)
    if twin:
        values = np.moveaxis(values, 1, -1)
    return tf.constant(values.astype(dtype.as_numpy_dtype))


def fed_upstream(cell: Cell, forward: Callable[..., Any], inputs: list[Any]) -> list[Any]:
    """The upstream gradients of a traced function, to be fed to it as further arguments.

    Made inside the function they would be constants, and the graph optimizer would then compute
    the whole gradient of a linear op at compile time, on the CPU: nothing would run on the device.
    `forward` is a tf.function that gives the differentiable outputs; it is run only if tracing
    it does not tell all shapes.
    """
    outputs = forward.get_concrete_function(*inputs).structured_outputs  # type: ignore[attr-defined]
    if not all(output.shape.is_fully_defined() for output in outputs):
        outputs = forward(*inputs)
    return [
        upstream_of(cell, list(output.shape), output.dtype, index)
        for index, output in enumerate(outputs)
    ]
