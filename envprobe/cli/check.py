"""`envprobe check`: whether a model's training step runs here, or on a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from envprobe.cli import _model_options as options
from envprobe.cli._exits import code_of_check

MATRIX = "A matrix file, a folder of them or a cluster file to hold it against; may be repeated."
PROBE = "Run what no cell has measured now, with the model's own shapes, and keep the cells."
DRY_RUN = "Take one real step on random data, or on --data, and on batches at the edge."


def check(  # noqa: PLR0913, PLR0917 - one parameter an option
    model: options.Model,
    matrix: Annotated[
        list[Path] | None, typer.Option("--matrix", "-m", metavar="PATH", help=MATRIX)
    ] = None,
    probe: Annotated[bool, typer.Option("--probe", help=PROBE)] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_RUN)] = False,
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """Check whether a model's training step runs, before it runs.

    The whole step is traced and each node held against what was measured on this machine, or in
    the matrices that are given, else against TensorFlow's kernel registry. Ends with 1 when it
    does not run, with 3 when that is not known.
    """
    import gc

    gc.disable()  # all that is read is kept until the end: looking for garbage takes a tenth
    from envprobe.check.check_model import check_model
    from envprobe.cli._progress import progress_bar
    from envprobe.cli._show_check import show_check

    with progress_bar() as progress:
        result = check_model(
            model, matrix=matrix or (), probe=probe, dry_run=dry_run, mode=mode,
            inputs=inputs or (), targets=targets or (), data=data, loss=loss, optimizer=optimizer,
            precision=precision, batch=batch, jit=jit, trust=trust, python=python,
            limit_seconds=limit, progress=progress,
        )  # fmt: skip
    show_check(result, as_json=as_json)
    return code_of_check(result)
