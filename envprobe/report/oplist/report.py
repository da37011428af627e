"""The op list for people: what was traced, its totals, and what weighs most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from envprobe.models.oplist import FedSpec, OpList
from envprobe.report.oplist.heaviest import heaviest
from envprobe.report.ops.section import words
from envprobe.report.parts import print_parts
from envprobe.report.symbols import Alphabet, alphabet_for
from envprobe.report.units import count

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_STEPS = {"train": "one training step", "infer": "one step of inference", None: "as written"}


def print_oplist(oplist: OpList, console: Console, *, saved: Path | None = None) -> None:
    """The whole report, for the console's width and encoding."""
    print_parts(
        oplist_report(oplist, console.width, alphabet_for(console.encoding), saved), console
    )


def oplist_report(
    oplist: OpList, width: int, alphabet: Alphabet, saved: Path | None = None
) -> Iterator[RenderableType]:
    """What was traced and assumed, totals, the heaviest requirements, where it was saved."""
    for line in words(_headline(oplist), width, alphabet):
        line.stylize("bold")
        yield line
    for text in (*_facts(oplist), *_remarks(oplist)):
        yield from words(f"  {text}", width, alphabet)
    yield from heaviest(oplist, width, alphabet)
    if saved is not None:
        yield Text()
        yield Text(f"saved to {saved}", no_wrap=True)


def _headline(oplist: OpList) -> str:
    name = f"{oplist.name} ({oplist.model_class}) from " if oplist.name else ""
    batch = f", batch {oplist.batch}" if oplist.batch else ""
    return f"{name}{oplist.source}: {_STEPS[oplist.mode]}{batch}"


def _facts(oplist: OpList) -> Iterator[str]:
    precision = oplist.precision or ", ".join(oplist.policies)
    told = [
        f"precision {precision}" if precision else "",
        f"loss {oplist.loss}" if oplist.loss else "",
        f"optimizer {oplist.optimizer}" if oplist.optimizer else "",
        "compiled with XLA" if oplist.jit else "",
        f"TensorFlow {oplist.tensorflow}" if oplist.tensorflow else "",
        f"Keras {oplist.keras}" if oplist.keras else "",
    ]
    if any(told):
        yield ", ".join(filter(None, told))
    if oplist.fed:
        yield f"fed {', '.join(map(_spec, oplist.fed))}"
    if oplist.parameters is not None:
        trained = f"{oplist.trainable_parameters or 0:,} trainable"
        yield f"{count(oplist.parameters, 'parameter')} ({trained})"
    yield (
        f"{count(oplist.nodes, 'node')} of {count(len(oplist.ops), 'op')}, "
        f"{count(len(oplist.requirements), 'requirement')}, {flops(oplist.flops)} a step"
        f"{_left_out(oplist)}"
    )


def _left_out(oplist: OpList) -> str:
    unknown = sum(one.count for one in oplist.requirements if one.flops is None)
    return f" without {count(unknown, 'node')} of unknown shape" if unknown else ""


def _remarks(oplist: OpList) -> Iterator[str]:
    for note in oplist.notes:
        yield f"note: {note}"
    for warning in oplist.warnings:
        yield f"warning: {warning}"


def _spec(spec: FedSpec) -> str:
    if spec.shape is None:
        return f"{spec.dtype}[…]"
    return f"{spec.dtype}[{','.join('?' if size is None else str(size) for size in spec.shape)}]"


def flops(number: float) -> str:
    """`1.23 TFLOP`."""
    for step, factor in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= factor * 0.9995:
            return f"{number / factor:.3g} {step}FLOP"
    return f"{number:.0f} FLOP"
