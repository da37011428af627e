"""Graphs that were saved without their Python: imported, and never run."""

from __future__ import annotations

import os
from typing import Any

from .data import DEFAULT_BATCH
from .failure import RefusedError

Answer = dict[str, Any]


class Imported:
    """A graph with the shape that a concrete function has for its reader."""

    only_outputs = True

    def __init__(self, graph: Any, specs: list[Any], library: dict[str, Any]) -> None:
        self.graph = graph
        self.library = library
        self.structured_input_signature = specs


def imported(tf: Any, question: Answer, progress: Any) -> Imported:
    """The graph of a frozen GraphDef or of a SavedModel's signature, cut to its outputs.

    Nothing of it is run and no variable is read: importing only builds nodes.
    """
    source = question["source"]
    outputs: list[str] | None = None
    given: dict[str, str] = {}
    if source["kind"] == "graph_def":
        definition = _frozen_graph(tf, source["path"])
    else:
        definition, outputs, given = _signature(source, progress)
    progress.stage = "trace"
    return _cut(tf, definition, outputs, given, question)


def _frozen_graph(tf: Any, path: str) -> Any:
    definition = tf.compat.v1.GraphDef()
    with open(path, "rb") as file:
        data = file.read()
    try:
        definition.ParseFromString(data)
    except Exception as error:
        raise RefusedError(
            f"{path} is no GraphDef ({' '.join(str(error).split())[:100]}): a frozen graph is "
            "expected; give a SavedModel as its folder"
        ) from error
    if not definition.node:
        raise RefusedError(f"{path} holds no node: expected a frozen graph")
    return definition


def _signature(source: Answer, progress: Any) -> tuple[Any, list[str], dict[str, str]]:
    from tensorflow.python.saved_model import loader_impl

    saved = loader_impl.parse_saved_model(source["path"])
    signatures = {
        name: (graph.graph_def, signature)
        for graph in saved.meta_graphs
        if "serve" in graph.meta_info_def.tags
        for name, signature in graph.signature_def.items()
        if not name.startswith("__")
    }
    if not signatures:
        raise RefusedError(
            f"{source['path']} has no signature to run: save it with model.export(), or name one"
        )
    chosen = source.get("function") or _usual(list(signatures))
    if chosen not in signatures:
        raise RefusedError(
            f"{source['path']} has no signature {chosen!r}: it has {', '.join(sorted(signatures))}"
        )
    progress.notes.append(f"signature {chosen!r} of {os.path.basename(source['path'])}")
    definition, signature = signatures[chosen]
    outputs = [info.name for info in signature.outputs.values()]
    inputs = {info.name: name for name, info in signature.inputs.items()}
    return definition, outputs, inputs


def _usual(names: list[str]) -> str:
    return "serving_default" if "serving_default" in names else sorted(names)[0]


def _cut(
    tf: Any,
    definition: Any,
    outputs: list[str] | None,
    names: dict[str, str],
    question: Answer,
) -> Imported:
    from tensorflow.python.framework.func_graph import FuncGraph

    nodes = {node.name: node for node in definition.node}
    tensors = list(names) or [one.name + ":0" for one in nodes.values() if one.op == "Placeholder"]
    asked = _assigned(tensors, names, question["inputs"])
    fed = {
        tensor: _spec(tf, nodes[tensor.split(":")[0]], asked.get(tensor), question)
        for tensor in tensors
    }
    graph = FuncGraph("imported")
    with graph.as_default():
        mapped = {
            tensor: tf.compat.v1.placeholder(spec.dtype, spec.shape) for tensor, spec in fed.items()
        }
        found = tf.graph_util.import_graph_def(
            definition,
            input_map=mapped,
            return_elements=outputs or _ends(definition, mapped),
            name="",
        )
    graph.outputs = [one for one in found if hasattr(one, "dtype")]
    graph.control_outputs = [one for one in found if not hasattr(one, "dtype")]
    library = {one.signature.name: one for one in definition.library.function}
    return Imported(graph, list(fed.values()), library)


def _spec(tf: Any, node: Any, asked: Answer | None, question: Answer) -> Any:
    """What is fed to a graph's input: what the user says, else what is saved, with a batch."""
    dtype, shape = tf.as_dtype(node.attr["dtype"].type), tf.TensorShape(node.attr["shape"].shape)
    if asked is not None:
        wanted = tf.TensorShape(asked["shape"])
        if tf.as_dtype(asked["dtype"]) != dtype or not shape.is_compatible_with(wanted):
            raise RefusedError(
                f"{asked['dtype']}{asked['shape']} does not fit the graph's input "
                f"{node.name!r}, which is {dtype.name}{shape}"
            )
        return tf.TensorSpec(wanted, dtype, name=node.name)
    if shape.rank and shape[0] is None:
        shape = tf.TensorShape([question.get("batch") or DEFAULT_BATCH, *shape[1:]])
    return tf.TensorSpec(shape, dtype, name=node.name)


def _assigned(tensors: list[str], names: dict[str, str], inputs: list[Answer]) -> dict[str, Answer]:
    """Which of the graph's inputs each spec is for, by its name, else in order."""
    by_name = {names.get(tensor, tensor.split(":")[0]): tensor for tensor in tensors}
    found = {}
    for at, spec in enumerate(inputs):
        if spec["name"]:
            if spec["name"] not in by_name:
                raise RefusedError(
                    f"no input {spec['name']!r} in the graph: it has {', '.join(sorted(by_name))}"
                )
            found[by_name[spec["name"]]] = spec
        elif at < len(tensors):
            found[tensors[at]] = spec
        else:
            raise RefusedError(
                f"{len(inputs)} inputs were given, and the graph has {len(tensors)}: "
                + ", ".join(sorted(by_name))
            )
    return found


def _ends(definition: Any, fed: dict[str, Any]) -> list[str]:
    """The nodes that nobody uses: what a frozen graph is run for."""
    used = {name.lstrip("^").split(":")[0] for node in definition.node for name in node.input}
    inputs = {tensor.split(":")[0] for tensor in fed}
    return [node.name for node in definition.node if node.name not in used | inputs]
