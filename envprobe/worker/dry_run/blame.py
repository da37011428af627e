"""What more can be told of an error that a real step raised: the node's op, layer and line."""

from __future__ import annotations

import contextlib
import gc
import re
from typing import Any

from ..model.failure import failure_of
from ..model.lines import UserLines

Answer = dict[str, Any]
_MOST_CHARACTERS = 6000
_DETECTED = re.compile(r"Detected at node '?([^\s']+)'? defined at")
_BRACED = re.compile(r"\{\{node ([^}]+)\}\}")
# 'No OpKernel was registered to support Op 'X' …', 'No registered 'X' OpKernel for XLA_CPU_JIT …'
_NO_KERNEL = re.compile(r"to support Op '(\w+)'|No registered '(\w+)' OpKernel")
_NUMBERED = re.compile(r"_\d+$")
_FRAME = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')
# The stack, which TensorFlow writes into its message, and what names the node once more.
_STACK = re.compile(
    r"^(Graph execution error:|Traceback \(most recent call last\):|Detected at node .*"
    r"|Node: '.*'|<stack traces unavailable>|Stack trace for op definition: *"
    r"|The op is created at: *"
    r"|\[\[.*\]\].*|\s*)$"
)
_CALLED = re.compile(r"\s*\[Op:\w+\](?: name: ?\S*)?|\{\{function_node [^}]*\}\}\s*")
# The user's own step calls layers, whose lines tell more than its own.
STEPS = ("train_step", "predict_step")
# What a failure and an origin have in common.
PLACED = ("layer", "layer_class", "part", "part_name", "file", "line", "function")
_TELLS_NOTHING = ("StatefulPartitionedCall", "PartitionedCall")


def failure_at_run(tf: Any, error: BaseException, lines: UserLines) -> Answer:
    """The answer's `failure` for an error out of `fit`, `predict` or a call.

    An op raises while it runs; all else was raised by Python, while the step was traced.
    """
    raised_by_op = isinstance(error, tf.errors.OpError)
    failure = failure_of(error, "run" if raised_by_op else "trace", lines)
    return _located(error, failure, lines) if raised_by_op else failure


def _located(error: BaseException, failure: Answer, lines: UserLines) -> Answer:
    text = str(error)
    node = _node_named(text) or failure["node"]
    made = _made_as(node)
    named = _NO_KERNEL.search(text)
    found = dict(failure, node=node, message=_message(text) or failure["message"])
    found["op"] = _op(made, named, failure["op"])
    if node and not _is_inside(node, failure["layer"]):
        found.update(layer=None, layer_class=None, layer_inputs=[])
    if node and failure["part"] is None:
        found.update(_part(node))
    line = _line(made, lines) or _told(text, lines)
    if line is not None and (found["file"] is None or line[2] not in STEPS):
        found.update(zip(("file", "line", "function"), line))
    return found


def _message(text: str) -> str:
    """What the op said, without the stack around it and the code in that stack."""
    told: dict[str, None] = {}
    in_stack = False
    for line in text.splitlines():
        if not line.strip():
            continue
        is_frame = line.lstrip().startswith('File "')
        in_stack = is_frame or (in_stack and line.startswith("    "))
        said = _CALLED.sub("", line).strip()
        if not in_stack and not _STACK.match(said):
            told[said] = None
    return "\n".join(told)[:_MOST_CHARACTERS]


def _node_named(text: str) -> str | None:
    """The node that the error is about; calls and what XLA compiled as a whole are not named."""
    for name in _DETECTED.findall(text) + _BRACED.findall(text):
        if name.rpartition("/")[2].split("_")[0] not in _TELLS_NOTHING:
            return str(name)
    return None


def _made_as(node: str | None) -> Any:
    """The node in whichever graph was traced; a run puts the names of calls before its own."""
    from tensorflow.python.framework.func_graph import FuncGraph

    parts = (node or "").split("/")
    graphs = [one for one in gc.get_objects() if isinstance(one, FuncGraph)]
    for start in range(len(parts)):
        name = "/".join(parts[start:])
        for graph in graphs:
            with contextlib.suppress(KeyError, ValueError):
                return graph.get_operation_by_name(name)
    return None


def _op(made: Any, no_kernel: Any, otherwise: str | None) -> str | None:
    if no_kernel is not None:
        return str(no_kernel.group(1) or no_kernel.group(2))
    if made is not None:
        return str(made.type)
    # The name of a function is that of no op.
    return None if (otherwise or "").startswith("__") else otherwise


def _is_inside(node: str, layer: str | None) -> bool:
    """Whether the node bears the layer's name: else only the model is known, and not a layer."""
    return layer is not None and any(
        layer in (part, _NUMBERED.sub("", part)) for part in node.split("/")[:-1]
    )


def _part(node: str) -> Answer:
    """The loss or a gradient, when the node is in it: Keras and the tape name their scopes."""
    scopes = [one for one in node.split("/") if one not in _TELLS_NOTHING]
    if scopes[0].startswith("gradient_tape"):
        return {"part": "gradient", "part_name": None}
    if not scopes[0].startswith("compile_loss") or len(scopes) < 3:
        return {}
    return {"part": "loss", "part_name": scopes[1]}


def _line(made: Any, lines: UserLines) -> Any:
    try:
        return lines.innermost_of(made.traceback)
    except (AttributeError, TypeError):
        return None


def _told(text: str, lines: UserLines) -> Any:
    """The last of the user's lines in the stack that TensorFlow writes into the error."""
    told = [
        (file, int(number), name)
        for file, number, name in _FRAME.findall(text)
        if file.startswith("/") and lines.is_user(file)
    ]
    return told[-1] if told else None
