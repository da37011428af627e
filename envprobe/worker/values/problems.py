"""Which nodes of a step the batch's values do not suit: labels, indices, assertions, NaN."""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

import numpy as np

from ..model.lines import UserLines
from ..model.scopes import Scopes
from . import batches as value_batches
from .batches import Fed
from .domain import KNOWN, TOLD, UNTOLD, Value, of_array, unknown
from .faults import Fault
from .kernel import Budget, Kernels
from .node import Place
from .variables import Handle
from .walk import Found, Memory, Walk
from .words import not_finite, part_of

Answer = dict[str, Any]
_WORK = 3e8  # sums and products for all batches together: about a second
_RANDOM = ("uniform", "normal", "large")
_ENDS = ("argument", "index", "label", "non_finite", "sizes")  # kinds that no step survives
_BATCHES = {
    "uniform": "numbers from 0 to 1",
    "low": "a batch of the lowest values",
    "high": "a batch of the highest values",
    "zeros": "targets that are all zero",
}
_MOST = 8  # problems that are told


def value_problems(
    tf: Any,
    concrete: Any,
    question: Answer,
    *,
    model: Any = None,
    lines: UserLines | None = None,
    compiled: bool = False,
) -> list[Answer]:
    """The problems that the values of the batch make certain or possible.

    Nothing is guessed of whole numbers without a range. A problem is possible when a batch that
    the user may well have shows it, and certain when all that were tried do.
    """
    try:
        step = _Step(tf, concrete, question, compiled=compiled)
        problems = step.problems()
    except Exception:  # a graph of another kind than is known: nothing is said of its values
        return []
    scopes = Scopes(model)
    return [_answer(one, scopes, lines) for one in problems[:_MOST]]


class _Problem(NamedTuple):
    fault: Fault
    place: Place
    certain: bool
    span: tuple[float, float] | None = None


class _Step:
    """A traced step, and the batches that are followed through it."""

    def __init__(self, tf: Any, concrete: Any, question: Answer, *, compiled: bool) -> None:
        self._tf = tf
        self._compiled = compiled
        self._concrete = concrete
        self._library = getattr(concrete, "library", {})
        self._kernels = Kernels(tf, Budget(_WORK))
        self._fed, self._tensors = _fed(tf, concrete, question)
        self._memory = Memory()
        self._first: list[Value] | None = None
        self._possible: list[Found] = []
        self._outsides: dict[int, Any] = {}
        self._captured = list(getattr(concrete.graph, "captures", ()))
        self._loss = _checked_outputs(tf, concrete, question)

    def problems(self) -> list[_Problem]:
        """Those of all batches, each node once, the certain ones first."""
        surely = self._walked(value_batches.bounds(self._fed), sampling=False)
        shown = {"uniform": self._sampled("uniform")}
        if shown["uniform"]:
            shown.update({way: self._sampled(way) for way in ("normal", "large")})
        if value_batches.has_ranges(self._fed, labels_fit=not self._memory.outside):
            shown["low"], shown["high"] = self._sampled("low"), self._sampled("high")
        if any(value_batches.may_be_zero(one) for one in self._fed):
            shown["zeros"] = self._sampled("zeros")
        found: dict[tuple[str, str], _Problem] = {}
        for one in surely:
            _keep(found, one, certain=True)
        for one in self._possible:
            _keep(found, one, certain=False)
        for way, faults in shown.items():
            for one in faults:
                certain = _is_certain(one, way, shown)
                if certain is not None:
                    _keep(found, one if certain else _when(one, way), certain=certain)
        spans = self._memory.spans
        told = [one._replace(span=spans.get(one.place)) for one in found.values()]
        return sorted(told, key=lambda one: not one.certain)

    def _sampled(self, way: str) -> list[Found]:
        drawn = value_batches.sample(self._fed, way)
        if self._first is None:
            self._first = drawn
        # The same object for the same values: what is computed of it is not computed again.
        return self._walked(
            [old if _same(old, new) else new for old, new in zip(self._first, drawn)],
            sampling=True,
        )

    def _walked(self, batch: list[Value], *, sampling: bool) -> list[Found]:
        walk = Walk(
            self._tf,
            self._kernels,
            self._library,
            sampling=sampling,
            memory=self._memory,
            compiled=self._compiled,
        )
        graph = self._concrete.graph
        known = {id(tensor): value for tensor, value in zip(self._tensors, batch)}
        for outside, inside in self._captured:
            if id(inside) not in self._outsides:
                self._outsides[id(inside)] = self._outside(outside)
            known[id(inside)] = self._outsides[id(inside)]
        effects = not getattr(self._concrete, "only_outputs", False)
        outputs = walk.run(graph, known, effects=effects)
        results = [outputs[at] for at in self._loss if at < len(outputs)]
        trained = getattr(graph, "trainable_variables", ())
        results += [walk.variables.now.get(id(one.handle)) for one in trained]
        self._possible += walk.possible
        found = list(walk.faults)
        for one in results:
            if isinstance(one, Value) and one.bad and one.origin is not None:
                found.append(Found(not_finite(one, one.origin.op), one.origin, one.data))
                break
        return found

    def _outside(self, tensor: Any) -> Any:
        if tensor.dtype == self._tf.resource:
            return Handle(tensor)
        with contextlib.suppress(Exception):
            return of_array(tensor.numpy())
        return unknown(KNOWN)


def _same(one: Value, other: Value) -> bool:
    if one.array is None or other.array is None:
        return one.array is other.array and one[:2] == other[:2]
    return np.array_equal(one.array, other.array)


def _fed(tf: Any, concrete: Any, question: Answer) -> tuple[list[Fed], list[Any]]:
    """The tensors of the batch as they are fed, with their ranges, and the graph's inputs."""
    graph = concrete.graph
    inside = {id(one) for _, one in getattr(graph, "captures", ())}
    tensors = [one for one in graph.inputs if id(one) not in inside] or [
        op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"
    ]
    signature = [one for one in tf.nest.flatten(concrete.structured_input_signature)
                 if isinstance(one, tf.TensorSpec)]  # fmt: skip
    training = question["mode"] == "train"
    inputs = question.get("inputs_seen") or _in_feeding_order(question["inputs"])
    if training and not inputs:  # the model's own, of which no ranges are told
        inputs = [{"name": None}] * _inputs_fed(tf, concrete, len(tensors))
    targets = question.get("targets_seen") or _in_feeding_order(question["targets"])
    specs = inputs + (targets if training else [])
    by_name = {one["name"]: one for one in inputs if one["name"]}
    named = bool(by_name) and len(signature) == len(tensors) == len(inputs)
    found = []
    for at, tensor in enumerate(tensors):
        spec = specs[at] if at < len(specs) else {}
        if named:
            spec = by_name.get(signature[at].name, spec)
        found.append(
            Fed(
                tensor.shape, tensor.dtype, spec.get("low"), spec.get("high"), at >= len(inputs)
            )
        )  # fmt: skip
    return found, tensors


def _inputs_fed(tf: Any, concrete: Any, count: int) -> int:
    """How many of the fed tensors come before the targets; all of them where there are none."""
    arguments = concrete.structured_input_signature[0]
    batch = arguments[0] if len(arguments) == 1 else None
    if isinstance(batch, tuple) and len(batch) > 1:
        return len(tf.nest.flatten(batch[0], expand_composites=True))
    return count


def _in_feeding_order(specs: list[Answer]) -> list[Answer]:
    """TensorFlow feeds a dict in the order of its sorted names."""
    named = bool(specs) and all(one["name"] for one in specs)
    return sorted(specs, key=lambda one: str(one["name"])) if named else list(specs)


def _checked_outputs(tf: Any, concrete: Any, question: Answer) -> list[int]:
    """Which outputs have to be finite: the loss of a training step, else all."""
    told = getattr(concrete, "structured_outputs", None)
    count = len(concrete.graph.outputs)
    if question["mode"] == "train" and isinstance(told, dict):
        if "loss" not in told:
            return []
        before = [name for name in sorted(told) if name < "loss"]
        return [sum(len(tf.nest.flatten(told[name])) for name in before)]
    return list(range(count))


def _is_certain(one: Found, way: str, shown: dict[str, list[Found]]) -> bool | None:
    """Whether this sample's fault will happen; None where it is not worth telling."""
    kind = one.fault.kind
    if kind in ("label", "index") and one.data == TOLD:
        return True  # the range holds values that are refused
    if way in _RANDOM:
        if kind == "assertion" and one.data == UNTOLD:
            return False if way == "uniform" else None  # the data may be as the check wants them
        if _in_all(one, shown):
            return True
        return False if way == "uniform" else None
    if kind == "non_finite":
        return False if way in ("low", "zeros") else None
    return False if way in ("low", "high") else None


def _when(one: Found, way: str) -> Found:
    """The fault with the batch that shows it, for one that other batches may not show."""
    seen = f"{one.fault.seen}, for example with {_BATCHES[way]},"
    return one._replace(fault=one.fault._replace(seen=seen))


def _has(faults: Any, one: Found) -> bool:
    return any(_key(other) == _key(one) for other in faults)


def _in_all(one: Found, shown: dict[str, list[Found]]) -> bool:
    """Whether every random batch has the fault, or fails by another one."""
    ends = one.fault.kind in _ENDS
    return all(
        _has(found, one) or (ends and any(other.fault.kind in _ENDS for other in found))
        for found in (shown.get(name, []) for name in _RANDOM)
    )


def _key(one: Any) -> tuple[str, str]:
    return one.fault.kind, "/".join(op.name for op in (*one.place.calls, one.place.op))


def _keep(found: dict[tuple[str, str], _Problem], one: Found, *, certain: bool) -> None:
    before = found.get(_key(one))
    if before is None or (certain and not before.certain):
        fault = one.fault if before is None else before.fault
        found[_key(one)] = _Problem(fault, one.place, certain)


def _answer(problem: _Problem, scopes: Scopes, lines: UserLines | None) -> Answer:
    op, calls = problem.place
    layer = next((found for found in (scopes.of(one.name)[1] for one in (op, *reversed(calls)))
                  if found), None)  # fmt: skip
    line = None
    if lines is not None:
        for one in (op, *reversed(calls)):
            with contextlib.suppress(AttributeError, TypeError):
                line = line or lines.innermost_of(one.traceback)
        held = scopes.layers.get(layer or "")
        if held is not None and (line is None or line[2] in ("train_step", "predict_step")):
            line = lines.created_at(held) or line
    return {
        "kind": problem.fault.kind,
        "certain": problem.certain,
        "op": op.type,
        "dtype": _dtype(op),
        "node": op.name,
        "layer": layer,
        "file": line[0] if line else None,
        "line": line[1] if line else None,
        "seen": problem.fault.told(problem.span) + part_of((*calls, op)),
        "table": problem.fault.kind == "index" and _is_of_variable(op),
    }


def _is_of_variable(op: Any) -> bool:
    """Whether what is looked into is a variable, as it is or in another dtype."""
    source = op.inputs[0]
    while source.op.type in ("Cast", "Identity"):
        source = source.op.inputs[0]
    return bool(source.op.type == "ReadVariableOp" or op.type == "ResourceGather")


def _dtype(op: Any) -> str | None:
    tensors = list(op.outputs) or list(op.inputs)
    return str(tensors[0].dtype.base_dtype.name) if tensors else None
