"""`envprobe oplist`: what a model's step requires, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from envprobe.cli import _model_options as options
from envprobe.cli._exits import FINE

OUTPUT = "Where the op list is saved."
JSON = "Print the op list as JSON."


def oplist(  # noqa: PLR0913, PLR0917 - one parameter an option
    model: options.Model,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=OUTPUT)
    ] = None,
    inputs: options.Input = None,
    targets: options.Target = None,
    data: options.Data = None,
    loss: options.Loss = None,
    optimizer: options.Optimizer = None,
    precision: options.Precision = None,
    mode: options.Mode = None,
    batch: options.Batch = None,
    jit: options.Jit = False,
    trust: options.Trust = False,
    python: options.Python = None,
    limit: options.Limit = 600.0,
    as_json: Annotated[bool, typer.Option("--json", help=JSON)] = False,
) -> int:
    """List what one step of a model requires.

    The whole step is traced: ops, dtypes, deciding attributes, shapes, layers and FLOPs.

    The list can be carried to a machine without TensorFlow. Nothing in a file is executed unless
    it is trusted; a Python function is, in a process of its own.
    """
    from envprobe.cli._show_oplist import show_oplist
    from envprobe.models.request import request_of
    from envprobe.probe.trace import oplist_of, save_oplist
    from envprobe.scanning.destination import require_writable

    if output is not None:
        require_writable(output)
    request = request_of(
        model, mode=mode, inputs=inputs or (), targets=targets or (), data=data, loss=loss,
        optimizer=optimizer, precision=precision, batch=batch, jit=jit, trust=trust,
    )  # fmt: skip
    found = oplist_of(request, python=python, limit_seconds=limit)
    if output is not None:
        save_oplist(output, found)
    show_oplist(found, saved=output, as_json=as_json)
    return FINE
