"""One op: what is registered, what the catalog asks, what was measured, and why a dtype lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from envprobe.evidence.dtype_states import State, dtype_attr_in, dtype_states, state_on
from envprobe.evidence.gradient_view import GradientView, gradient_view
from envprobe.evidence.in_catalog import InCatalog, in_catalog
from envprobe.evidence.presence import releases_by_dtype
from envprobe.evidence.why_not import WhyNot, why_not
from envprobe.matrix.cell import Cell
from envprobe.matrix.known_disagreements import recorded_cells
from envprobe.ops.row import Row
from envprobe.registrations import Argument, Kernel, OpDefinition, Registrations


class ArgumentView(msgspec.Struct, frozen=True, kw_only=True):
    """An input or output, as `registrations.Argument`, with every field."""

    name: str
    dtype: str | None
    type_attr: str | None
    type_list_attr: str | None
    number_attr: str | None


class AttributeView(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute, as `registrations.Attribute`, with every field."""

    type: str
    allowed: tuple[str, ...] | None
    default: Any
    minimum: int | None


class DefinitionView(msgspec.Struct, frozen=True, kw_only=True):
    """An op's definition; `dtype_attr` is the attribute that its dtype means."""

    inputs: tuple[ArgumentView, ...]
    outputs: tuple[ArgumentView, ...]
    attrs: dict[str, AttributeView]
    stateful: bool
    deprecated: str | None
    dtype_attr: str | None


class KernelView(msgspec.Struct, frozen=True, kw_only=True):
    """A kernel, as `registrations.Kernel`, with every field."""

    device_type: str
    constraints: dict[str, tuple[str, ...]]
    host_memory: tuple[str, ...]
    label: str
    priority: int


class RegisteredOn(msgspec.Struct, frozen=True, kw_only=True):
    """What the registry holds for a device type: for the op as a whole, and for each dtype."""

    device_type: str
    state: State
    dtypes: dict[str, State]


class OpView(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of an op.

    `definition` and `gradient` are None for composites, and for ops that the release shown does
    not have. `cells` are those of the matrix; only they were measured here. `recorded` are cells
    of this release that were seen, on another machine, to belie the registry.
    """

    op: str
    definition: DefinitionView | None
    kernels: tuple[KernelView, ...]
    registered: tuple[RegisteredOn, ...]
    gradient: GradientView | None
    in_catalog: InCatalog | None
    cells: tuple[Cell, ...]
    recorded: tuple[Cell, ...]
    why_not: tuple[WhyNot, ...]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of every op: device types, and one dtype or (None) all."""

    device_types: tuple[str, ...]
    dtype: str | None = None


def op_view(
    op: str,
    registrations: Registrations,
    catalog: Mapping[str, Row],
    releases: Sequence[Registrations],
    scope: Scope,
    cells: tuple[Cell, ...] = (),
) -> OpView:
    """The op in the registry, beside its `cells`; `releases` tell where a missing kernel exists."""
    definition = registrations.ops.get(op)
    row = catalog.get(op)
    attr = dtype_attr_in(registrations, op, row)
    if definition is None:
        return OpView(
            op=op, definition=None, kernels=(), registered=(), gradient=None,
            in_catalog=in_catalog(catalog, op), cells=cells, recorded=(), why_not=(),
        )  # fmt: skip
    registered = registered_on(registrations, op, attr, scope)
    states = {on.device_type: on.dtypes for on in registered}
    through = releases_by_dtype(op, row, releases, scope.device_types)
    return OpView(
        op=op,
        definition=definition_view(definition, attr),
        kernels=tuple(
            kernel_view(kernel)
            for kernel in registrations.kernels_of(op)
            if any(kernel.serves(device_type) for device_type in scope.device_types)
        ),
        registered=registered,
        gradient=gradient_view(registrations, op, states),
        in_catalog=in_catalog(catalog, op),
        cells=cells,
        recorded=recorded_cells(registrations.tensorflow, "CPU", op),
        why_not=why_not(registrations, op, attr, states, through),
    )


def registered_on(
    registrations: Registrations, op: str, attr: str | None, scope: Scope
) -> tuple[RegisteredOn, ...]:
    """A struct for each device type of the scope; of the dtypes only the one that is asked for."""
    return tuple(
        RegisteredOn(
            device_type=device_type,
            state=state_on(registrations, op, device_type),
            dtypes={
                dtype: state
                for dtype, state in dtype_states(registrations, op, device_type, attr).items()
                if scope.dtype in (None, dtype)
            },
        )
        for device_type in scope.device_types
    )


def definition_view(definition: OpDefinition, dtype_attr: str | None) -> DefinitionView:
    """The definition with nothing left out."""
    return DefinitionView(
        inputs=tuple(map(_argument, definition.inputs)),
        outputs=tuple(map(_argument, definition.outputs)),
        attrs={
            name: AttributeView(
                type=attr.type, allowed=attr.allowed, default=attr.default, minimum=attr.minimum
            )
            for name, attr in definition.attrs.items()
        },
        stateful=definition.stateful,
        deprecated=definition.deprecated,
        dtype_attr=dtype_attr,
    )


def kernel_view(kernel: Kernel) -> KernelView:
    """The kernel with nothing left out."""
    return KernelView(
        device_type=kernel.device_type,
        constraints=kernel.constraints,
        host_memory=kernel.host_memory,
        label=kernel.label,
        priority=kernel.priority,
    )


def _argument(argument: Argument) -> ArgumentView:
    return ArgumentView(
        name=argument.name,
        dtype=argument.dtype,
        type_attr=argument.type_attr,
        type_list_attr=argument.type_list_attr,
        number_attr=argument.number_attr,
    )
