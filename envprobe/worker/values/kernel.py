"""One node computed on the CPU with values that are all known; nothing is changed by it."""

from __future__ import annotations

from typing import Any

import numpy as np

from .domain import MOST_ELEMENTS

RANDOM = frozenset(("RandomUniform", "RandomUniformInt", "RandomStandardNormal",
                     "TruncatedNormal", "RandomShuffle"))  # fmt: skip
_HEAVY = ("MatMul", "Conv", "Einsum", "Cholesky", "Svd", "Eig", "Inverse", "Solve", "Determinant",
          "Lstsq", "Qr", "Lu", "Logm", "SquareRoot")  # fmt: skip
_HELD = "biufcV"  # kinds of arrays that are handed to kernels: numbers, bfloat16 among them


class Budget:
    """How much may still be computed: elements made, and products added up for them."""

    def __init__(self, work: float) -> None:
        self.left = work

    def take(self, work: float) -> bool:
        """Whether this may be done; it is paid then."""
        if work > self.left:
            return False
        self.left -= work
        return True


class RaisedError(Exception):
    """The kernel refuses these values; the text is TensorFlow's."""


class Kernels:
    """Runs single nodes eagerly, within a budget."""

    def __init__(self, tf: Any, budget: Budget) -> None:
        from tensorflow.python.eager import context, execute
        from tensorflow.python.framework import op_def_registry

        self._tf = tf
        self._context = context
        self._execute = execute
        self._definition = op_def_registry.get
        self._pure: dict[Any, bool] = {}
        self._known_attrs: dict[Any, tuple[Any, ...]] = {}
        self.budget = budget

    def can_run(self, op: Any, *, sampling: bool) -> bool:
        """Whether the op only computes; a random one gives a sample, where that is asked for."""
        if op not in self._pure:
            self._pure[op] = self._is_pure(op)
        return self._pure[op] or (sampling and op.type in RANDOM)

    def _is_pure(self, op: Any) -> bool:
        definition = self._definition(op.type)
        if definition is None or definition.is_stateful:
            return False
        if any(attr.type in ("func", "list(func)", "tensor") for attr in definition.attr):
            return False
        return not any(_is_foreign(one.dtype) for one in (*op.inputs, *op.outputs))

    def run(self, op: Any, arrays: list[Any]) -> list[Any] | None:
        """The outputs; None where that costs too much or this machine has no such kernel.

        Raises RaisedError where the kernel refuses the values.
        """
        if not self.budget.take(_work(op, arrays)):
            return None
        tf = self._tf
        try:
            with tf.device("CPU:0"):
                inputs = [tf.constant(one) for one in arrays]
                found = self._execute.quick_execute(
                    op.type, len(op.outputs), inputs, self._attrs(op), self._context.context()
                )
        except tf.errors.InvalidArgumentError as error:
            raise RaisedError(" ".join(str(error.message).split())) from error
        except Exception:  # no kernel, no memory: others tell of that
            return None
        return [np.asarray(one) for one in found]

    def _attrs(self, op: Any) -> tuple[Any, ...]:
        if op not in self._known_attrs:
            self._known_attrs[op] = self._read_attrs(op)
        return self._known_attrs[op]

    def _read_attrs(self, op: Any) -> tuple[Any, ...]:
        node = op.node_def
        found: list[Any] = []
        for attr in self._definition(op.type).attr:
            if attr.name in node.attr:
                found += [attr.name, _plain(self._tf, attr.type, node.attr[attr.name])]
        return tuple(found)


def _is_foreign(dtype: Any) -> bool:
    return dtype.name in ("resource", "variant", "string") or dtype.is_quantized


def _work(op: Any, arrays: list[Any]) -> float:
    sizes: list[int] = [one.size for one in arrays]
    made: int = sum(one.shape.num_elements() or max(sizes, default=1) for one in op.outputs)
    if max([made, *sizes]) > MOST_ELEMENTS:
        return float("inf")
    if not any(mark in op.type for mark in _HEAVY):
        return float(sum(sizes) + made)
    # Each result adds up products: no more than elements of the smaller operand for each.
    return 4.0 * made * max(min(sizes), 1) if len(sizes) > 1 else 50.0 * made**1.5


def _plain(tf: Any, kind: str, value: Any) -> Any:
    if kind == "shape":
        return _sizes(tf, value.shape)
    if kind == "list(shape)":
        return [_sizes(tf, one) for one in value.list.shape]
    if kind.startswith("list("):
        return list(getattr(value.list, _FIELDS[kind[5:-1]]))
    return getattr(value, _FIELDS[kind])


def _sizes(tf: Any, shape: Any) -> Any:
    found = tf.TensorShape(shape)
    return None if found.rank is None else [-1 if one is None else one for one in found.as_list()]


_FIELDS = {"int": "i", "float": "f", "bool": "b", "string": "s", "type": "type"}
