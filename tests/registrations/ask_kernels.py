"""Run by a TensorFlow's interpreter: which kernels this TensorFlow itself gives to nodes.

    PYTHON ask_kernels.py LIBRARY < NODES

NODES is a JSON list of `{"op", "device_type", "attrs": {name: [type, value]}}`. LIBRARY is
`custom_op.cc`, built, or `-`. The last line that is printed is a JSON list: for each node the
kernel with LIBRARY, and without it whether there is one, as far as Python can ask that.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

import tensorflow as tf
from tensorflow.core.framework import kernel_def_pb2, node_def_pb2, types_pb2
from tensorflow.python.util import _pywrap_kernel_registry


def main(library: str) -> None:
    # XLA registers its kernels at the first compilation.
    tf.function(lambda x: x + 1.0, jit_compile=True)(tf.zeros([2]))
    nodes = json.load(sys.stdin)
    if library == "-":
        found: list[Any] = [has_kernel(node) for node in nodes]
    else:
        tf.load_op_library(library)
        ask = ctypes.CDLL(library).envprobe_find_kernel
        ask.restype = ctypes.c_void_p
        found = [kernel(ask, node) for node in nodes]
    sys.stdout.write("\n" + json.dumps(found) + "\n")


def has_kernel(node: dict[str, Any]) -> bool:
    definition = node_def(node)
    definition.device = f"/device:{node['device_type']}:0"
    return bool(_pywrap_kernel_registry.TryFindKernelClass(definition.SerializeToString()))


def kernel(ask: Any, node: dict[str, Any]) -> dict[str, Any] | None:
    data = node_def(node).SerializeToString()
    size = ctypes.c_int()
    found = ask(node["device_type"].encode(), data, len(data), ctypes.byref(size))
    if size.value < 0:
        return None
    definition = kernel_def_pb2.KernelDef.FromString(ctypes.string_at(found, size.value))
    return {
        "device_type": definition.device_type,
        "priority": definition.priority,
        "label": definition.label,
        "host_memory": sorted(definition.host_memory_arg),
    }


def node_def(node: dict[str, Any]) -> Any:
    definition = node_def_pb2.NodeDef(name="asked", op=node["op"])
    for name, (kind, value) in node["attrs"].items():
        attr = definition.attr[name]
        if kind == "type":
            attr.type = enum(value)
        elif kind == "list(type)":
            attr.list.type.append(enum(value))
        elif kind == "string":
            attr.s = value.encode()
        elif kind == "bool":
            attr.b = value == "true"
        else:
            attr.i = int(value)
    return definition


def enum(name: str) -> int:
    try:
        return int(tf.as_dtype(name).as_datatype_enum)
    except TypeError:  # a dtype that this release's Python does not know
        return int(types_pb2.DataType.Value(name.upper()))


main(sys.argv[1])
