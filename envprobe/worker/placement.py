"""Where did it really run? The devices of outputs, and of the nodes inside a graph."""

from __future__ import annotations

from typing import Any, Callable


def short_device(name: str | None) -> str | None:
    """`CPU:0` from `/job:localhost/replica:0/task:0/device:CPU:0`; None from nothing."""
    return name.split("device:")[-1] if name else None


def misplaced(tensors: list[Any], device: str) -> str | None:
    """The device of the first output that is not on `device`, None when all are."""
    for tensor in tensors:
        seen = short_device(getattr(tensor, "device", None))
        if seen and seen != device:
            return seen
    return None


def traced_call(call: Callable[[], Any], cell: dict[str, Any]) -> tuple[Any, str | None]:
    """Run a tf.function and look into its partitioned graphs for nodes of the op elsewhere.

    A function's outputs can be copied back to the device while a node inside ran on another, and
    outputs in host memory are all said to be on CPU:0; only the graphs that the runtime executed
    tell.
    """
    from tensorflow.python.eager import context

    runtime = context.context()
    runtime.enable_run_metadata()
    try:
        result = call()
        metadata = runtime.export_run_metadata()
    finally:
        runtime.disable_run_metadata()
    nodes = [node for graph in metadata.partition_graphs for node in graph.node]
    for node in nodes:
        seen = short_device(node.device)
        if seen and seen != cell["device"] and _is_of_cell(node, cell):
            return result, seen
    return result, None


def _is_of_cell(node: Any, cell: dict[str, Any]) -> bool:
    """Whether a node is the cell's op, or the fused kernel that the optimizer made of it.

    Fused kernels keep the op's name inside theirs. Gradients compute shapes with the same op in
    int32 on the CPU, on purpose; hence the dtype.
    """
    import tensorflow as tf

    wanted = tf.as_dtype(cell["dtype"]).as_datatype_enum
    return cell["op"] in node.op and any(attr.type == wanted for attr in node.attr.values())
