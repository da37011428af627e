"""`envprobe ops`: what is registered, probed and measured of an op."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from envprobe.cli._exits import FINE

Text: TypeAlias = str | None
PATTERN = "An op such as Conv3D, or a glob such as 'Conv*'; upper and lower case are one."
TENSORFLOW = "The release to show, instead of the last scan's or the installed one."
DEVICE_TYPE = "Only CPU, GPU, XLA_CPU_JIT, XLA_GPU_JIT, …"
DTYPE = "Only float16, …"
HISTORY = "In which releases each kernel is there."
COMPARE = "What two releases register differently."
MISSING = "gradient or kernel: ops that lack one."
MATRIX = "Show the cells of this file instead of the last scan's."
JSON = "Print the answer as JSON."


def ops(  # noqa: PLR0913, PLR0917 - one parameter an option
    pattern: Annotated[Text, typer.Argument(metavar="[PATTERN]", help=PATTERN)] = None,
    tensorflow: Annotated[Text, typer.Option(metavar="VERSION", help=TENSORFLOW)] = None,
    device_type: Annotated[Text, typer.Option(metavar="NAME", help=DEVICE_TYPE)] = None,
    dtype: Annotated[Text, typer.Option(metavar="NAME", help=DTYPE)] = None,
    history: Annotated[bool, typer.Option("--history", help=HISTORY)] = False,
    compare: Annotated[
        tuple[str, str] | None, typer.Option(metavar="OLD NEW", help=COMPARE)
    ] = None,
    missing: Annotated[Text, typer.Option(metavar="WHAT", help=MISSING)] = None,
    matrix: Annotated[Path | None, typer.Option(metavar="FILE", help=MATRIX)] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON)] = False,
) -> int:
    """Tell what TensorFlow registers for an op.

    Beside it stand what the catalog asks and what was measured: registered does not mean that it
    works. Without a pattern and a filter: an overview.
    """
    import gc

    from envprobe.cli._show_ops import show_ops
    from envprobe.evidence.look_up import look_up

    gc.disable()  # all that is read is kept until the end: looking for garbage takes a tenth
    result = look_up(
        pattern,
        tensorflow=tensorflow,
        device_type=device_type,
        dtype=dtype,
        history=history,
        compare=compare,
        missing=missing,
        matrix=matrix,
    )
    show_ops(result, as_json=as_json)
    return FINE
