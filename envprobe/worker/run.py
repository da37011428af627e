"""The question `run`: execute a cell once, on its device, and judge what came out."""

from __future__ import annotations

import importlib
import itertools
from collections import OrderedDict
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from . import raw_op
from .classify import classify
from .compare import compare, is_exact
from .execute import run_once
from .layout import channels_last_cell, from_channels_last, gives_filter
from .placement import NothingRanError
from .subject import Subject

Cell = dict[str, Any]
_REFERENCES: OrderedDict[str, Any] = OrderedDict()
_KEPT_REFERENCES = 64


def run(question: Cell) -> Cell:
    """Status, reason, largest relative error, shapes and peak memory of one cell."""
    import tensorflow as tf

    cell = question["cell"]
    subject: Subject | None = None
    outputs: list[Any] = []
    try:
        _forget_peak(tf, cell["device"])
        subject = build(tf, cell)
        outputs, elsewhere = run_once(cell, subject)
        status, reason, error = _judge(cell, subject, outputs, elsewhere)
    except Exception as raised:
        if isinstance(raised, NothingRanError) and cell.get("reference_optional"):
            return run({"cell": dict(cell, mode="eager")})  # the kernel is the same
        error = None
        status, reason = classify(raised)
    return {
        "status": status,
        "reason": reason,
        "max_relative_error": error,
        "shapes": shapes(subject, outputs),
        "peak_bytes": _peak_bytes(tf, cell["device"]),
    }


def build(tf: Any, cell: Cell) -> Subject:
    """The subject of a cell, its inputs on the cell's device."""
    with tf.device("/device:" + cell["device"]):
        if cell["composite"]:
            composites = __package__ + ".composites."
            composite = importlib.import_module(composites + cell["composite"])
            built: Subject = composite.build(cell)
            return built
        return raw_op.build(cell)


def shapes(subject: Subject | None, outputs: list[Any]) -> Cell:
    """Shapes by name: inputs as fed, `output:0` … as they came out."""
    named = {}
    if subject:
        named = {name: list(fed.shape) for name, fed in zip(subject.names, subject.inputs)}
    named.update({f"output:{i}": list(np.shape(output)) for i, output in enumerate(outputs)})
    return named


def _judge(
    cell: Cell, subject: Subject, outputs: list[Any], elsewhere: str | None
) -> tuple[str, str | None, float | None]:
    if elsewhere:
        return "fell_back", "asked for {}, ran on {}".format(cell["device"], elsewhere), None
    if not outputs:
        return "failed", "it returned nothing that could be compared", None
    if subject.check and cell["direction"] == "forward":
        wrong = subject.check(outputs)
        return ("wrong_result" if wrong else "supported"), wrong, None
    if not subject.compared:
        return _judge_finite(cell, outputs)
    return _judge_numbers(cell, subject, outputs)


def _judge_numbers(
    cell: Cell, subject: Subject, outputs: list[Any]
) -> tuple[str, str | None, float | None]:
    reference = _reference(cell, subject)
    if reference.outputs is None and cell.get("reference_optional"):
        return _judge_finite(cell, outputs)
    if reference.outputs is None:
        return "untested", "it ran; its numbers cannot be judged: " + reference.missing, None
    error, wrong = compare(outputs, reference.outputs, cell["tolerance"], cell["nonfinite"])
    # Against the same kernel in the same dtype, no error proves nothing.
    shown = error if reference.independent or wrong else None
    return ("wrong_result" if wrong else "supported"), wrong, shown


def _judge_finite(cell: Cell, outputs: list[Any]) -> tuple[str, str | None, float | None]:
    wrong = _nonfinite(outputs) if not cell["nonfinite"] else None
    return ("wrong_result" if wrong else "supported"), wrong, None


def _nonfinite(outputs: list[Any]) -> str | None:
    for index, output in enumerate(outputs):
        values = np.asarray(output)
        if is_exact(values):
            continue
        wide = values.astype(np.complex128 if np.iscomplexobj(values) else np.float64)
        if not np.isfinite(wide).all():
            return f"output {index} holds NaN or infinity"
    return None


class Reference(NamedTuple):
    """The right outputs; None with what is `missing`. `independent`: not of the same kernel."""

    outputs: list[Any] | None
    missing: str = ""
    independent: bool = True


def _reference(cell: Cell, subject: Subject) -> Reference:
    """The same for all modes and devices."""
    if subject.reference is not None and cell["direction"] == "forward":
        return Reference(subject.reference)
    # A composite's inputs are exact in every float dtype; an op's are rounded to its own.
    shared = cell["composite"] and "float" in cell["dtype"]
    dtype = "float" if shared else cell["dtype"]
    key = repr([cell["op"], cell["variant"], dtype, cell["direction"]])
    if key not in _REFERENCES:
        found = _compute_reference(cell)
        asked_once = bool(cell.get("reference_optional"))  # a model's node has no other cell here
        if asked_once or found.outputs is None:  # perhaps for want of memory; the next may have it
            return found
        _REFERENCES[key] = found
        while len(_REFERENCES) > _KEPT_REFERENCES:
            _REFERENCES.popitem(last=False)
    known = _REFERENCES[key]
    return Reference(known.outputs, known.missing, _is_independent(cell, known))


def _is_independent(cell: Cell, reference: Reference) -> bool:
    """Eager and graph run the same kernel; XLA, and another device, do not."""
    return reference.independent or cell["mode"] == "xla" or not cell["device"].startswith("CPU")


def _compute_reference(cell: Cell) -> Reference:
    """From the CPU's own kernel; where it has none in the wide dtype, from XLA's."""
    import tensorflow as tf

    why = "no wider dtype"
    for wide, mode in itertools.product(_wider(cell), ("eager", "xla")):
        question = _widened(cell, wide, mode)
        try:
            outputs, _ = run_once(question, build(tf, question))
        except Exception as raised:
            why = classify(raised)[1]
            continue
        restored = [_restored(cell, question, i, value) for i, value in enumerate(outputs)]
        other_layout = bool(question.get("channels_last"))
        return Reference(restored, "", wide != cell["dtype"] or mode == "xla" or other_layout)
    return Reference(None, why)


def _wider(cell: Cell) -> list[str]:
    """The dtypes in which the reference may be computed, the best first."""
    dtype = cell["dtype"]
    if dtype.startswith("complex"):
        return ["complex128"]
    if dtype.startswith(("int", "uint")):
        return ["int64", "float64", "int32", dtype]
    if dtype in ("bool", "string"):
        return [dtype]
    # The gradient of an op whose definition has no float64 (numpy is for forward only).
    return {"float32": ["float32"], "numpy": ["float64", "float32"]}.get(
        cell["reference"], ["float64"]
    )


def _widened(cell: Cell, wide: str, mode: str) -> Cell:
    """The cell's question in a wider dtype on the CPU, from the numbers that the cell saw."""
    of_cell = {name for name, spec in cell["inputs"].items() if not spec["fixed"]}
    inputs = {
        name: dict(spec, dtype=wide) if name in of_cell else spec
        for name, spec in cell["inputs"].items()
    }
    attrs = {
        name: wide if value == cell["dtype"] and name not in cell["fixed"] else value
        for name, value in cell["attrs"].items()
    }
    lifted = {name: cell["dtype"] for name in of_cell if _is_number(cell["dtype"])}
    widened = dict(
        cell,
        dtype=wide,
        inputs=inputs,
        attrs=attrs,
        lifted_from=lifted,
        device="CPU:0",
        mode=mode,
    )
    return channels_last_cell(widened) if cell["reference"] in ("nhwc", "ndhwc") else widened


def _is_number(dtype: str) -> bool:
    return dtype not in ("bool", "string")


def _restored(cell: Cell, question: Cell, index: int, value: Any) -> Any:
    """An output of the channels-last twin, in the layout of the cell."""
    if not question.get("channels_last"):
        return value
    return from_channels_last(value, cell, is_filter=_is_filter(cell, index))


def _is_filter(cell: Cell, index: int) -> bool:
    if cell["direction"] == "gradient":
        return "filter" in cell["gradient"][index]
    return gives_filter(cell["op"])


def _forget_peak(tf: Any, device: str) -> None:
    if device.startswith("GPU"):
        with suppress(Exception):  # not every allocator keeps statistics
            tf.config.experimental.reset_memory_stats(device)


def _peak_bytes(tf: Any, device: str) -> int | None:
    """TensorFlow counts the memory of GPUs only."""
    if not device.startswith("GPU"):
        return None
    try:
        return int(tf.config.experimental.get_memory_info(device)["peak"])
    except Exception:
        return None
