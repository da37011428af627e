"""Watches every op of a step that runs eagerly, and remembers who made NaN or infinity of what."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from ..model.lines import UserLines
from .blame import STEPS

Answer = dict[str, Any]
_PARTS = (("Metric", "metric"), ("Loss", "loss"), ("Optimizer", "optimizer"))
_CONTAINERS = ("CompileMetrics", "CompileLoss", "MetricsList")
_OURS = __file__


class Made:
    """One op that ran: where it stands, and, where its numbers are bad, what it was made of."""

    def __init__(self, at: int, op: str, place: Answer, forward: Made | None) -> None:
        self.at = at
        self.op = op
        self.place = place
        self.forward = forward  # the op whose gradient this is
        self.bad: set[str] = set()
        self.bad_inputs: set[str] = set()
        self.parents: list[Made] = []  # who made its bad inputs
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.dtype: str | None = None


class Recorder:
    """The callback for TensorFlow's ops; `sinks` are the writes of bad numbers, by variable."""

    def __init__(self, lines: UserLines) -> None:
        self._lines = lines
        self._count = 0
        self._by_tensor: dict[int, Made] = {}  # a tensor's id, as long as it lives
        self._written: dict[int, Made] = {}  # by the variable into which bad numbers went
        self._takers: dict[tuple[int, Any], Made] = {}  # by a tensor it took, and its op
        self.last: Made | None = None
        self.sinks: list[tuple[int, Made]] = []

    def __call__(
        self, op_type: Any, inputs: Any, _attrs: Any, outputs: Any, *_name: Any, **where: Any
    ) -> None:
        if where.get("graph") is not None:
            return
        self._count += 1
        op = op_type.decode() if isinstance(op_type, bytes) else str(op_type)
        made = Made(self._count, op, *self._place())
        for one in inputs:
            self._takers[id(one), made.op] = made
        for one in outputs or ():
            self._by_tensor[id(one)] = made
            made.bad |= bad_in(one)
        writes = not outputs and len(inputs) > 1
        if made.bad or writes:
            self._trace_inputs(made, inputs, outputs)
        if made.bad:
            self.last = made
        if writes and made.bad_inputs:
            self.sinks.append((id(inputs[0]), made))
            self._written[id(inputs[0])] = made

    def maker_of(self, tensor: Any) -> Made | None:
        """The op that made a tensor which still lives."""
        return self._by_tensor.get(id(tensor))

    def _trace_inputs(self, made: Made, inputs: Any, outputs: Any) -> None:
        for one in inputs:
            bad = bad_in(one)
            made.bad_inputs |= bad
            parent = self._by_tensor.get(id(one)) if bad else self._written.get(id(one))
            if bad and (parent is None or not parent.bad):
                # Not from an op: from a variable, if bad numbers were written into one before.
                parent = self.sinks[0][1] if self.sinks else None
            if parent is not None:
                made.parents.append(parent)
                made.bad_inputs |= parent.bad or parent.bad_inputs
        made.inputs = [text for text in map(described, inputs) if text]
        made.outputs = [text for text in map(described, outputs or ()) if text]
        made.dtype = next((_dtype(one) for one in outputs or () if bad_in(one)), None)

    def _place(self) -> tuple[Answer, Made | None]:
        """The layer, the part and the user's line that the op runs for, from Python's stack."""
        found: Answer = {}
        forward, layer = None, None
        frame: Any = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename != _OURS:
            if forward is None and frame.f_code.co_name == "_gradient_function":
                forward = self._forward(frame.f_locals)
            file = frame.f_code.co_filename
            if "line" not in found and self._lines.is_user(file):
                found.update(file=file, line=frame.f_lineno, function=frame.f_code.co_name)
            layer = _note_holder(found, frame.f_locals.get("self")) or layer
            frame = frame.f_back
        if layer is not None and found.get("function", STEPS[0]) in STEPS:
            line = self._lines.created_at(layer)
            found.update(zip(("file", "line", "function"), line or ()))
        return found, forward

    def _forward(self, held: Any) -> Made | None:
        """The forward op of a gradient; the tape keeps only what the gradient needs of it."""
        name = held.get("op_name")
        name = name.decode() if isinstance(name, bytes) else name
        for tensor in held.get("outputs") or ():
            made = self._by_tensor.get(id(tensor))
            if made is not None and made.op == name:
                return made
        taken = (self._takers.get((id(one), name)) for one in held.get("inputs") or ())
        return next((made for made in taken if made is not None), None)


@contextlib.contextmanager
def recording(tf: Any, lines: UserLines) -> Iterator[Recorder]:
    """Every op that runs is noted; functions run eagerly, so that those inside them do too."""
    from tensorflow.python.framework import op_callbacks

    recorder = Recorder(lines)
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    op_callbacks.add_op_callback(recorder)
    try:
        with warnings.catch_warnings():  # the model's were told when it ran
            warnings.simplefilter("ignore")
            yield recorder
    finally:
        op_callbacks.remove_op_callback(recorder)
        tf.config.run_functions_eagerly(before)


def bad_in(tensor: Any) -> set[str]:
    """`nan` and `inf`, each where the tensor holds one."""
    import numpy as np

    values = _numbers(np, tensor)
    if values is None or bool(np.isfinite(values).all()):
        return set()
    nan = bool(np.isnan(values).any())
    return ({"nan"} if nan else set()) | ({"inf"} if bool(np.isinf(values).any()) else set())


def described(tensor: Any) -> str | None:
    """`float32[4,10] (0 to 1)`: dtype, shape and the range of the finite values."""
    import numpy as np

    dtype = _dtype(tensor)
    if dtype is None or dtype in ("resource", "variant"):
        return None
    head = f"{dtype}{[int(size) for size in tensor.shape]}".replace(" ", "")
    values = _numbers(np, tensor)
    if values is not None and not values.size:
        return f"{head} (empty)"
    if values is None or values.dtype.kind == "c":
        return head
    finite = values[np.isfinite(values)]
    told = [_range(float(finite.min()), float(finite.max()))] if finite.size else []
    for name, count in (("NaN", np.isnan(values).sum()), ("infinite", np.isinf(values).sum())):
        told += [f"{count} of {values.size} {name}"] if count else []
    return f"{head} ({', '.join(told)})"


def _range(low: float, high: float) -> str:
    low, high = low + 0.0, high + 0.0  # -0 is 0
    return f"all {low:g}" if low == high else f"{low:g} to {high:g}"


def _numbers(np: Any, tensor: Any) -> Any:
    dtype = getattr(tensor, "dtype", None)
    if not (getattr(dtype, "is_floating", False) or getattr(dtype, "is_complex", False)):
        return None
    try:
        values = tensor.numpy()
    except Exception:  # a tensor that has no value here
        return None
    values = np.asarray(values)
    return values if values.dtype.kind in "fc" else values.astype("float64")


def _dtype(tensor: Any) -> str | None:
    return getattr(getattr(tensor, "dtype", None), "name", None)


def _note_holder(found: Answer, held: Any) -> Any:
    """Note the innermost layer, and the innermost loss, metric or optimizer, whose method runs.

    Returns the layer where it is the one.
    """
    if held is None or ("layer" in found and "part" in found):
        return None
    names = [kind.__name__ for kind in type(held).__mro__]
    layer = None
    if "layer" not in found and "Layer" in names and not hasattr(held, "train_step"):
        layer = held
        found.update(layer=str(getattr(held, "name", "")), layer_class=names[0])
    if "part" not in found and not any(name in _CONTAINERS for name in names):
        part = next((part for name, part in _PARTS if name in names), None)
        if part is not None:
            found.update(part=part, part_name=getattr(held, "name", None))
    return layer
