"""The kernel registry of this TensorFlow."""

from __future__ import annotations

from typing import Any

from .attributes import plain_value

Answer = dict[str, Any]


def registered_kernels() -> dict[str, list[Answer]]:
    """Every kernel by op; those that differ in the values of their constraints alone are one row.

    `constraints` of a row are the attributes' names, `values` holds for each kernel the values
    that it takes of each of them.
    """
    from tensorflow.python.framework import kernels

    rows: dict[tuple[Any, ...], Answer] = {}
    found: dict[str, list[Answer]] = {}
    for kernel in kernels.get_all_registered_kernels().kernel:
        constraints = sorted(kernel.constraint, key=lambda constraint: constraint.name)
        names = tuple(constraint.name for constraint in constraints)
        host = tuple(sorted(kernel.host_memory_arg))
        key = (kernel.op, kernel.device_type, kernel.label, kernel.priority, host, names)
        if key not in rows:
            rows[key] = {
                "device_type": kernel.device_type,
                "label": kernel.label,
                "priority": kernel.priority,
                "host_memory": host,
                "constraints": names,
                "values": [],
            }
            found.setdefault(kernel.op, []).append(rows[key])
        values = [_values(constraint.allowed_values) for constraint in constraints]
        rows[key]["values"].append(values)
    return found


def _values(allowed: Any) -> list[str]:
    """Names of dtypes, strings; numbers and truth values (`true`) as text."""
    listed = plain_value(allowed)
    return [item if isinstance(item, str) else str(item).lower() for item in listed]
