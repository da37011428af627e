"""What XLA's text of a refusal says: which node, which op, and why, without the stacks."""

from __future__ import annotations

import contextlib
import re
from typing import Any, NamedTuple

from .functions import called_functions

_MOST_CHARACTERS = 600
# 'Detected unsupported operations … on XLA_CPU_JIT: OP (…){{node NAME}}, OP …'
_UNSUPPORTED = re.compile(r"on XLA_\w+_JIT: (\w+) \(.*?\{\{node ([^}]+)\}\}", re.DOTALL)
_NODE = re.compile(r"\{\{node ([^}]+)\}\}")
_NAMED = re.compile(r"[Nn]ode [`']([\w./>-]+)[`'](?: with op (\w+))?")
_STACK = re.compile(r"(?:The op is created at|Stack trace for op definition):.*", re.DOTALL)
_FUNCTION = re.compile(r"\{\{function_node ([^}]+)\}\}")
_MARK = re.compile(r"\[?\[?\{\{(?:function_)?node [^}]*\}\}\]?\]?")
_DUMP = re.compile(r"tf2xla conversion failed while converting .*", re.DOTALL)
_GRAPH = re.compile(r" when trying to compile graph \S+(?= on XLA_)| compatible with node(?= )")
_PREFIX = re.compile(r"^Failed getting HLO text: '?")


class Refusal(NamedTuple):
    """Why XLA does not compile a function; the node, its op and function where it names them."""

    message: str
    op: str | None
    node: str | None
    function: str | None = None


def refusal_from_text(text: str) -> Refusal:
    """What the text of TensorFlow's error says."""
    node, op = _refused_node(text)
    within = _FUNCTION.search(text)
    return Refusal(plain_message(text), op, node, within.group(1) if within else None)


def wants_value(refusal: Refusal) -> bool:
    """Whether XLA misses a value: of a shape, a size or an axis."""
    return "must be a compile-time constant" in refusal.message


def is_decided_by_ops(refusal: Refusal) -> bool:
    """Whether the refusal is about an op that XLA lacks, whatever the shapes are."""
    return "Detected unsupported operations" in refusal.message


def _refused_node(text: str) -> tuple[str | None, str | None]:
    unsupported = _UNSUPPORTED.search(text)
    if unsupported is not None:
        return unsupported.group(2), unsupported.group(1)
    named, marked = _NAMED.search(text), _NODE.search(text)
    if named is not None:
        return named.group(1), named.group(2)
    return (marked.group(1), None) if marked is not None else (None, None)


def plain_message(text: str) -> str:
    """The text in one line, without stacks, marks and names that change from run to run."""
    for pattern in (_DUMP, _STACK, _GRAPH, _MARK, _PREFIX):
        text = pattern.sub(" ", text)
    text = " ".join(text.split()).rstrip("' ").replace(" )", ")").replace(" :", ":")
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def operation_of(graph: Any, refusal: Refusal) -> tuple[Any, tuple[str, ...]]:
    """The node that XLA names and the names of the calls around it, outermost first.

    None and no calls where it is not there. In a function that was named, it is of that one.
    """
    if refusal.node is None:
        return None, ()
    for function in (refusal.function, None):
        found = _found(graph, refusal.node, function, (), set())
        if found is not None:
            return found
    return None, ()


def _found(
    graph: Any, node: str, function: str | None, calls: tuple[str, ...], seen: set[str]
) -> tuple[Any, tuple[str, ...]] | None:
    if function is None:
        with contextlib.suppress(KeyError, ValueError, TypeError):
            return graph.get_operation_by_name(node), calls
    for op in graph.get_operations():
        for called in called_functions(op.node_def):
            if called in seen or not graph._is_function(called):
                continue
            seen.add(called)
            inner = getattr(graph._get_function(called), "graph", None)
            if inner is None:
                continue
            wanted = None if called == function else function
            found = _found(inner, node, wanted, (*calls, op.name), seen)
            if found is not None:
                return found
    return None
