"""The options of every command that takes a MODEL."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

_MODEL = "A .keras or .h5 file, a SavedModel folder, a frozen .pb graph, file.py:function, …"
_INPUT = "An input such as float32[8,224,224,3]; name=… names it, ? is unknown, @0:10 its values."
_DATA = "file.py:function that gives one real batch, instead of --input and --target."
_PRECISION = "Keras' global policy while the model is built, such as mixed_bfloat16."
_BATCH = "The batch: what the first ? of an input stands for."
_LIMIT = "Seconds that building and tracing the model may take."

Text: TypeAlias = str | None
Texts: TypeAlias = list[str] | None
Model = Annotated[str, typer.Argument(metavar="MODEL", help=_MODEL)]
Input = Annotated[Texts, typer.Option("--input", metavar="SPEC", help=_INPUT)]
Target = Annotated[
    Texts, typer.Option("--target", metavar="SPEC", help="A target, written like an input.")
]
Data = Annotated[Text, typer.Option("--data", metavar="FUNCTION", help=_DATA)]
Loss = Annotated[Text, typer.Option("--loss", metavar="NAME", help="The loss, as Keras names it.")]
Optimizer = Annotated[
    Text, typer.Option("--optimizer", metavar="NAME", help="The optimizer, as Keras names it.")
]
Precision = Annotated[Text, typer.Option("--precision", metavar="POLICY", help=_PRECISION)]
Mode = Annotated[
    Text, typer.Option("--mode", metavar="MODE", help="train (the whole training step) or infer.")
]
Batch = Annotated[int | None, typer.Option("--batch", metavar="N", help=_BATCH)]
Jit = Annotated[bool, typer.Option("--jit", help="Have XLA compile the step.")]
Trust = Annotated[
    bool, typer.Option("--trust", help="Load a file that brings code or points to other files.")
]
Python = Annotated[
    Text, typer.Option("--python", metavar="PATH", help="The interpreter whose TensorFlow is used.")
]
Limit = Annotated[float, typer.Option("--limit", metavar="SECONDS", min=1, help=_LIMIT)]
