"""The op list: what one step of a model requires of the machine that is to run it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from envprobe.models.foresight import Lowering, ValueProblem

FORMAT_VERSION = 1

StepMode = Literal["train", "infer"]
Part = Literal["forward", "loss", "gradient", "optimizer"]
Shape = tuple[int | None, ...]
Types = str | tuple[str, ...]


class Tensor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An input or output of a node, by its argument's name (`values:0` … for those of a list).

    `shape` is None where the rank is not known, a size in it where only that is not. `value` is
    that of a small constant of whole numbers or truth values: axes, paddings, shapes.
    """

    name: str
    dtype: str
    shape: Shape | None = None
    value: Any = None


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where in the model nodes come from: the layer's name, and the line that the user wrote."""

    layer: str | None = None
    file: str | None = None
    line: int | None = None


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """All nodes of one kind: the same op, types, attributes, shapes and part of the step.

    `dtypes` are its type attributes, `attrs` the others that a kernel can decide by. `count` is how
    often it runs in a step, counted once for the body of a loop and for each branch. `compiled`:
    XLA has to compile it. `device` is the type of device that the user's code pins it to.
    `flops` and `bytes` are those of one run; None, with `unknown` saying why, where a shape is
    not known. `places` are the first few.
    """

    op: str
    dtypes: dict[str, Types] = {}
    attrs: dict[str, Any] = {}
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    direction: Part = "forward"
    compiled: bool = False
    device: str | None = None
    count: int = 1
    places: tuple[Place, ...] = ()
    flops: float | None = None
    bytes: float | None = None
    unknown: str | None = None


class FedSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One tensor of the batch that the step takes, in the dtype in which the step sees it."""

    dtype: str
    shape: Shape | None = None
    name: str | None = None
    low: float | None = None
    high: float | None = None


class OpList(msgspec.Struct, frozen=True, kw_only=True):
    """What a model's step requires; it can be carried to a machine without TensorFlow.

    `source` is how the model was named, `source_kind` what it was, `inputs` and `targets` what the
    user asked for and `fed` what the step is fed. `precision` is the policy that was set, and
    `policies` those that the layers have. `jit`: the whole step is compiled with XLA; `jit_on_gpu`:
    Keras compiles it where there is a GPU. `lowering` is what XLA said of a step that is compiled,
    None where nobody asked it. `value_problems` are nodes that the batch's values do not suit.
    `notes` say what was assumed, `warnings` what Keras or the user's code warned of. A list written
    by hand knows only its requirements.
    """

    kind: Literal["oplist"] = "oplist"
    format_version: int = FORMAT_VERSION
    source: str
    source_kind: str
    name: str | None = None
    model_class: str | None = None
    mode: StepMode | None = None
    precision: str | None = None
    policies: tuple[str, ...] = ()
    batch: int | None = None
    jit: bool = False
    jit_on_gpu: bool = False
    lowering: Lowering | None = None
    value_problems: tuple[ValueProblem, ...] = ()
    loss: str | None = None
    optimizer: str | None = None
    inputs: tuple[FedSpec, ...] = ()
    targets: tuple[FedSpec, ...] = ()
    fed: tuple[FedSpec, ...] = ()
    parameters: int | None = None
    trainable_parameters: int | None = None
    tensorflow: str | None = None
    keras: str | None = None
    nodes: int = 0
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()

    @property
    def ops(self) -> tuple[str, ...]:
        """Every op once, sorted."""
        return tuple(sorted({requirement.op for requirement in self.requirements}))

    @property
    def flops(self) -> float:
        """Those of the whole step, as far as they are known."""
        return sum((one.flops or 0.0) * one.count for one in self.requirements)
