"""One function put to XLA: with specs of what it is fed, or with values where specs do not do."""

from __future__ import annotations

import inspect
from typing import Any, Union

from .compiled_calls import CompiledCall
from .data import DEFAULT_BATCH
from .xla_refusal import Refusal, is_decided_by_ops, plain_message, refusal_from_text, wants_value

Arguments = list[Any]
Said = Union[Refusal, str, None]
_DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"
_REFUSED = "Failed getting HLO text"
# Texts of errors that speak of the question, and not of what XLA can compile.
_NOT_ASKED = ("does not support resource arguments", "is_initialized", "FAILED_PRECONDITION")
_MOST_BYTES = 2**30  # of made-up values


def asked(tf: Any, call: CompiledCall, batch: int | None) -> Said:
    """None where XLA compiles it, its refusal, or a text that says why it could not be asked.

    `batch` is the size of the batch for inputs that leave theirs open.
    """
    known = _crossing_list(tf, call) or _held_in_vain(tf, call)
    if known is not None:
        return known
    arguments = [
        value if value is not None else _spec(tf, tensor, batch or DEFAULT_BATCH)
        for tensor, value in call.inputs
    ]
    if None in map(_kind, arguments):
        return "a part that XLA compiles is fed a shape that is not known before a run"
    said = _answer(tf, call, arguments)
    is_open = any(value is None and None in tensor.shape.as_list() for tensor, value in call.inputs)
    if is_open and isinstance(said, Refusal) and not is_decided_by_ops(said):
        return "a part that XLA compiles leaves the size of the batch open"
    return said


def _kind(argument: Any) -> Any:
    return None if argument is None else type(argument)


def _spec(tf: Any, tensor: Any, batch: int) -> Any:
    """The spec of a symbolic input; None where more than the batch is open."""
    if tensor.shape.rank is None:
        return None
    sizes = tensor.shape.as_list()
    if sizes and sizes[0] is None:
        sizes[0] = batch
    return None if None in sizes else tf.TensorSpec(sizes, tensor.dtype)


def _answer(tf: Any, call: CompiledCall, arguments: Arguments) -> Said:
    is_spec = [isinstance(one, tf.TensorSpec) for one in arguments]
    held = is_spec.index(False) if False in is_spec else len(is_spec)
    if any(is_spec[held:]):  # a spec behind a value crashes TensorFlow
        return _with_values(tf, call, arguments)
    said = _put(call, arguments[:held], arguments[held:])
    if not isinstance(said, Refusal) or not wants_value(said):
        return said
    # A run compiles for the very values of the batch, and again for others.
    again = _with_values(tf, call, arguments)
    if isinstance(again, Refusal) and not wants_value(again):
        return "a shape in the step depends on the values of the batch"
    return again


def _with_values(tf: Any, call: CompiledCall, arguments: Arguments) -> Said:
    """The answer for values made up; those that it has are kept."""
    specs = [one for one in arguments if isinstance(one, tf.TensorSpec)]
    if sum(one.shape.num_elements() * one.dtype.size for one in specs) > _MOST_BYTES:
        return "XLA has to see values of a batch that is too large to make up"
    made = [_made(tf, one) if isinstance(one, tf.TensorSpec) else one for one in arguments]
    return _put(call, made, [])


def _made(tf: Any, spec: Any) -> Any:
    make = tf.zeros if spec.dtype == tf.string else tf.ones
    return make(spec.shape, spec.dtype)


def _put(call: CompiledCall, fed: Arguments, held: Arguments) -> Said:
    from tensorflow.python.eager import context

    ask = context.context().get_compiler_ir
    question: dict[str, Any] = {
        "device_name": _DEVICE,
        "function_name": call.name,
        "flat_args": fed,
        "captured_inputs": held,
        "stage": "hlo",
    }
    if "platform_name" in inspect.signature(ask).parameters:  # not in TensorFlow 2.13
        question["platform_name"] = None
    try:
        ask(**question)
    except Exception as error:
        text = str(error)
        understood = _REFUSED in text and not any(mark in text for mark in _NOT_ASKED)
        return refusal_from_text(text) if understood else plain_message(text)
    return None


def _crossing_list(tf: Any, call: CompiledCall) -> Refusal | None:
    """The loop whose gradient keeps a list of its rounds, which a compiled part cannot hand on."""
    for tensor in call.graph.outputs:
        if tensor.dtype == tf.variant:
            message = "Support for TensorList crossing the XLA/TF boundary is not implemented"
            return Refusal(message, tensor.op.type, tensor.op.name)
    return None


def _held_in_vain(tf: Any, call: CompiledCall) -> Refusal | None:
    """The op that uses a resource which is no variable, such as a table: XLA has none for those."""
    for inside, (_, value) in zip(call.graph.inputs, call.inputs):
        if value is None or value.dtype != tf.resource:
            continue
        data = getattr(value, "_handle_data", None)
        users = inside.consumers()
        if users and not getattr(data, "is_set", False):
            message = f"Detected unsupported operations: {users[0].type} (XLA knows no tables)"
            return Refusal(message, users[0].type, users[0].name)
    return None
