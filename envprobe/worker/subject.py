"""What a cell executes: a callable, its inputs and the right answer, before mode and direction."""

from __future__ import annotations

from typing import Any, Callable


class NotApplicable(Exception):  # noqa: N818  a state of affairs, not a fault
    """The question makes no sense here (no second device, op unknown to this release)."""


class Subject:
    """One probe, ready to be run in any mode and direction.

    call          takes the tensors of `inputs`, returns tensors in any nesting; pure TensorFlow
    inputs        tensors on the cell's device
    watched       indexes into `inputs` whose gradient is taken
    reference     the right outputs (numpy, forward); None: the same probe in float64 on the CPU
    variables     read back after the call, as further outputs
    check         instead of a reference: says what is wrong with the outputs, or None
    compared      False: there is nothing to compare with, finite outputs are enough
    crosses_devices  it moves data between devices on purpose
    loops_inside  how often `call` repeats its work by itself
    names         of the inputs, for formulas and reports; default `input:0`, `input:1` …
    """

    def __init__(  # noqa: PLR0913  all are named
        self,
        *,
        call: Callable[..., Any],
        inputs: list[Any],
        watched: list[int] | None = None,
        reference: list[Any] | None = None,
        variables: list[Any] | None = None,
        check: Callable[[list[Any]], str | None] | None = None,
        compared: bool = True,
        crosses_devices: bool = False,
        loops_inside: int = 1,
        names: list[str] | None = None,
    ) -> None:
        self.call = call
        self.inputs = inputs
        self.watched = watched or []
        self.reference = reference
        self.variables = variables or []
        self.check = check
        self.compared = compared
        self.crosses_devices = crosses_devices
        self.loops_inside = loops_inside
        self.names = names or [f"input:{index}" for index in range(len(inputs))]
