"""What a worker answers about its registry, as structs in a canonical form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from envprobe.registrations.combinations import Values, combinations, merged
from envprobe.registrations.definition import OpDefinition
from envprobe.registrations.gradient import Gradient
from envprobe.registrations.kernel import Kernel
from envprobe.registrations.registrations import Registrations


class _KernelRow(msgspec.Struct, frozen=True):
    """Kernels that differ in the values of their constraints alone (docs/protocol.md)."""

    device_type: str
    label: str
    priority: int
    host_memory: tuple[str, ...]
    constraints: tuple[str, ...]
    values: tuple[Values, ...]


class _Answer(msgspec.Struct, frozen=True):
    xla: str | None
    ops: dict[str, OpDefinition]
    kernels: dict[str, tuple[_KernelRow, ...]]
    gradients: dict[str, Gradient]


def registrations_from_answer(
    tensorflow: Mapping[str, Any], answer: Mapping[str, Any]
) -> Registrations:
    """The registrations of a worker: its `hello`'s `tensorflow`, and its answer.

    Raises msgspec.ValidationError for an answer that is none.
    """
    told = msgspec.convert(answer, _Answer)
    return Registrations(
        tensorflow=tensorflow["version"],
        git_version=tensorflow["git_version"],
        build=dict(tensorflow["build_info"]),
        xla=told.xla,
        ops=dict(sorted(told.ops.items())),
        kernels={op: _kernels(rows) for op, rows in sorted(told.kernels.items())},
        gradients=dict(sorted(told.gradients.items())),
    )


def _kernels(rows: Iterable[_KernelRow]) -> tuple[Kernel, ...]:
    kernels = [
        Kernel(
            device_type=row.device_type,
            constraints=dict(zip(row.constraints, values, strict=True)),
            host_memory=row.host_memory,
            label=row.label,
            priority=row.priority,
        )
        for row in rows
        for values in merged(combinations(row.values))
    ]
    return tuple(sorted(kernels, key=_order))


def _order(kernel: Kernel) -> tuple[Any, ...]:
    constraints = tuple(kernel.constraints.items())
    return kernel.device_type, kernel.label, -kernel.priority, kernel.host_memory, constraints
