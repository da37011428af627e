"""`envprobe scan`: the support matrix of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from envprobe.cli._exits import INTERRUPTED, code_of_matrix
from envprobe.cli._streams import say

Many: TypeAlias = list[str] | None
PRESETS = "quick, standard or full (every dtype, variant and xla)."
PYTHON = "Probe the TensorFlow of this interpreter."
LIBRARY = "Load these custom ops first."
OUTPUT = "Write the matrix file here instead of the user's data folder."
RESUME = "Go on where an interrupted scan stopped."
JSON = "Print the matrix file as JSON."


def scan(  # noqa: PLR0913, PLR0917 - one parameter an option
    preset: Annotated[str, typer.Option(metavar="NAME", help=PRESETS)] = "standard",
    device: Annotated[Many, typer.Option(metavar="NAME", help="Only CPU:0, GPU:0, …")] = None,
    op: Annotated[Many, typer.Option(metavar="GLOB", help="Only ops like 'Conv*'.")] = None,
    dtype: Annotated[Many, typer.Option(metavar="NAME", help="Only float16, …")] = None,
    mode: Annotated[Many, typer.Option(metavar="NAME", help="Only eager, graph or xla.")] = None,
    no_timing: Annotated[bool, typer.Option("--no-timing", help="Support only.")] = False,
    python: Annotated[str | None, typer.Option(metavar="PATH", help=PYTHON)] = None,
    load_library: Annotated[list[Path] | None, typer.Option(metavar="FILE", help=LIBRARY)] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help=OUTPUT)] = None,
    resume: Annotated[bool, typer.Option("--resume", help=RESUME)] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON)] = False,
) -> int:
    """Measure which kernels work, and how fast.

    The options that narrow the scan can be given several times.
    """
    import envprobe
    from envprobe.cli._progress import progress_bar
    from envprobe.cli._show import show_scan

    try:
        with progress_bar() as progress:
            result = envprobe.scan(
                preset=preset, devices=device or (), ops=op or (), dtypes=dtype or (),
                modes=mode or (), timing=not no_timing, python=python,
                libraries=load_library or (), output=output, resume=resume, progress=progress,
            )  # fmt: skip
    except KeyboardInterrupt as stop:
        say(str(stop) or "interrupted before anything was measured")
        return INTERRUPTED
    show_scan(result, as_json=as_json)
    return code_of_matrix(result.matrix)
