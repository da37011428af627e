"""Where did it really run? The devices of outputs, and of the nodes inside a graph."""

from __future__ import annotations

from typing import Any, Callable

from .subject import Subject

Cell = dict[str, Any]
# Nodes that move or hold values and compute nothing.
PASSIVE = {"_Arg", "_Retval", "_Send", "_Recv", "_HostSend", "_HostRecv", "Const", "NoOp"}
# What the graph optimizer puts before an op's name when a faster kernel takes its place.
FUSED = ("_Fused", "_MklNative", "_MklNativeFused", "_MklFused", "_Mkl")


class NothingRanError(Exception):
    """The graph optimizer replaced the op by something else before anything was run."""


def short_device(name: str | None) -> str | None:
    """`CPU:0` from `/job:localhost/replica:0/task:0/device:CPU:0`; None from nothing."""
    return name.split("device:")[-1] if name else None


def misplaced(tensors: list[Any], cell: Cell) -> str | None:
    """Where the first output is that is not on the cell's device, None when all are.

    A GPU kernel may keep a dtype in host memory, and computes it there: TensorFlow has such
    kernels for int32 arithmetic. The output then claims the GPU, and is backed by the CPU.
    """
    for tensor in tensors:
        seen = short_device(getattr(tensor, "device", None))
        if seen and seen != cell["device"]:
            return seen
        backing = short_device(getattr(tensor, "backing_device", None))
        on_cpu = cell["device"].startswith("CPU")
        if (
            not on_cpu
            and backing
            and backing != cell["device"]
            and tensor.dtype.name == cell["dtype"]
        ):
            return backing + " (a kernel that keeps this dtype in host memory)"
    return None


def traced_call(
    call: Callable[[], list[Any]], cell: Cell, subject: Subject
) -> tuple[list[Any], str | None]:
    """Run a tf.function and look into the graphs that the runtime executed.

    A function's outputs can be copied back to the device while a node inside ran on another, and
    outputs in host memory are all said to be on CPU:0; only the partitioned graphs tell. Returns
    the outputs and where a node of the op ran instead, None when all are in place.
    """
    from tensorflow.python.eager import context

    runtime = context.context()
    runtime.enable_run_metadata()
    try:
        runtime.export_run_metadata()  # graphs of earlier calls, which it would give out now
        outputs = call()
        metadata = runtime.export_run_metadata()
    finally:
        runtime.disable_run_metadata()
    nodes = [node for graph in metadata.partition_graphs for node in graph.node]
    ours = _nodes_of_cell(nodes, cell)
    if not ours and not cell["composite"] and cell["direction"] == "forward":
        kinds = sorted({node.op for node in nodes if node.op not in PASSIVE})
        left = ", ".join(kinds) or "constants"
        raise NothingRanError(f"the graph optimizer left no {cell['op']} to be run, only {left}")
    if subject.crosses_devices:
        return outputs, None
    devices = (short_device(node.device) for node in ours)
    return outputs, next((seen for seen in devices if seen and seen != cell["device"]), None)


def _nodes_of_cell(nodes: list[Any], cell: Cell) -> list[Any]:
    """The nodes that do the cell's work.

    An op's are those of its name, or of the fused kernel in its place; a composite's are all that
    compute in its dtype. Gradients compute shapes with the same op in int32 on the CPU, on
    purpose, hence the dtype; but not every op has an attribute that tells it.
    """
    if cell["composite"]:
        return [node for node in nodes if node.op not in PASSIVE and _has_dtype(node, cell)]
    names = [cell["op"], *(prefix + cell["op"] for prefix in FUSED)]
    named = [node for node in nodes if node.op in names]
    typed = [node for node in named if _has_dtype(node, cell)]
    return named if not typed and cell["direction"] == "forward" else typed


def _has_dtype(node: Any, cell: Cell) -> bool:
    import tensorflow as tf

    wanted = tf.as_dtype(cell["dtype"]).as_datatype_enum
    return any(attr.type == wanted for attr in node.attr.values())
