"""What the traced step shows of a run before it runs: bad values, and what XLA says of it."""

from __future__ import annotations

from typing import Literal

import msgspec

ValueProblemKind = Literal["label", "index", "assertion", "non_finite", "argument", "sizes"]


class ValueProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A node whose inputs have, or may have, values that it cannot take.

    `certain`: with the ranges that were given for the batch it will happen; else it can. `seen`
    says the values and the bound in words: `labels 0 to 9, classes 0 to 4`. `table`: the indices
    point into a variable, as an embedding's ids do.
    """

    kind: ValueProblemKind
    certain: bool
    op: str
    dtype: str | None = None
    node: str
    layer: str | None = None
    file: str | None = None
    line: int | None = None
    seen: str
    table: bool = False


class Lowering(msgspec.Struct, frozen=True, kw_only=True):
    """What XLA for CPUs said when it was asked to compile the step, without running it.

    All of them None: it compiled. `unknown`: it could not be asked, and why.
    """

    error_type: str | None = None
    message: str | None = None
    op: str | None = None
    node: str | None = None
    layer: str | None = None
    file: str | None = None
    line: int | None = None
    unknown: str | None = None
