"""What this TensorFlow says it can run: its kernels, its op definitions and its gradients."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from .attributes import dtype_name, plain_value
from .kernels import registered_kernels

Answer = dict[str, Any]


def registrations(question: Answer) -> Answer:
    """Answer all `kernels`, `ops` and `gradients` that are registered in this process.

    The kernels of XLA register themselves at the first compilation, which is therefore made here;
    `xla` says why it failed, or is None. With `question["gradient_uses"]` every gradient function
    is also traced for the ops that it uses, which takes seconds.
    """
    import tensorflow as tf

    xla = _register_xla_kernels(tf)
    definitions = op_definitions()
    gradients = _gradients(definitions)
    if question.get("gradient_uses"):
        from .gradient_uses import gradient_uses

        for op, gradient in gradients.items():
            if gradient["differentiable"]:
                gradient.update(gradient_uses(definitions[op]))
    return {
        "xla": xla,
        "kernels": registered_kernels(),
        "ops": {name: _definition(op) for name, op in sorted(definitions.items())},
        "gradients": gradients,
    }


def _register_xla_kernels(tf: Any) -> str | None:
    try:
        tf.function(lambda x: x + 1.0, jit_compile=True)(tf.zeros([2]))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def op_definitions() -> dict[str, Any]:
    """The OpDef of every op that is registered in this process, by name."""
    from tensorflow.core.framework import op_def_pb2
    from tensorflow.python.client import pywrap_tf_session

    serialised = pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList())
    return {op.name: op for op in op_def_pb2.OpList.FromString(serialised).op}


def _definition(op: Any) -> Answer:
    found: Answer = {
        "inputs": [_argument(argument) for argument in op.input_arg],
        "outputs": [_argument(argument) for argument in op.output_arg],
        "attrs": {attr.name: _attribute(attr) for attr in op.attr},
    }
    if op.is_stateful:
        found["stateful"] = True
    if op.HasField("deprecation"):
        version, why = op.deprecation.version, op.deprecation.explanation
        found["deprecated"] = f"since GraphDef version {version}: {why}"
    return found


def _argument(argument: Any) -> Answer:
    found = {"name": argument.name}
    for field in ("type_attr", "type_list_attr", "number_attr"):
        if getattr(argument, field):
            found[field] = getattr(argument, field)
    if argument.type:
        found["dtype"] = dtype_name(argument.type)
    return found


def _attribute(attr: Any) -> Answer:
    found: Answer = {"type": attr.type}
    if attr.HasField("allowed_values"):
        found["allowed"] = sorted(plain_value(attr.allowed_values))
    if attr.HasField("default_value"):
        found["default"] = plain_value(attr.default_value)
    if attr.has_minimum:
        found["minimum"] = attr.minimum
    return found


def _gradients(definitions: dict[str, Any]) -> dict[str, Answer]:
    """Which ops have a gradient function, and which are declared to have none.

    Names that are no ops are left out: `tf.custom_gradient` registers one for each of its calls.
    """
    from tensorflow.python.framework import ops

    _load_gradient_modules()
    return {
        name: {"differentiable": entry["type"] is not None}
        for name, entry in sorted(ops.gradient_registry._registry.items())
        if name in definitions
    }


def _load_gradient_modules() -> None:
    """A gradient is registered when its module is imported, which no program need have done."""
    from tensorflow.python import ops

    for module in pkgutil.iter_modules(ops.__path__):
        if module.name.endswith("_grad"):
            importlib.import_module(f"{ops.__name__}.{module.name}")
