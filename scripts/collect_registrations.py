"""Write down what TensorFlow releases register: `kernels_matrix/registrations/`.

    .venv/bin/python scripts/collect_registrations.py 2.20.0 2.21.0

Each release is installed into a temporary virtual environment made with this Python (which the
release must support) and asked by a worker, without its GPUs: kernels for a GPU are registered
where there is none. `--python PATH` asks an environment that is there already instead, and
`--folder PATH` keeps the files elsewhere.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from envprobe.errors import EnvprobeError
from envprobe.matrix.atomic import write_atomically
from envprobe.probe.lanes import WORKER_FOLDER
from envprobe.probe.registry import registrations_of
from envprobe.registrations import Registrations
from envprobe.registrations.store import encode_registrations, release_path

FOLDER = Path(__file__).resolve().parent.parent / "kernels_matrix" / "registrations"


def main(
    versions: Annotated[list[str] | None, typer.Argument(help="Releases to install.")] = None,
    python: Annotated[Path | None, typer.Option(help="Ask this interpreter instead.")] = None,
    folder: Annotated[Path, typer.Option(help="Where the files go.")] = FOLDER,
) -> None:
    """Collect the registrations of each release."""
    if bool(versions) == bool(python):
        raise typer.BadParameter("name releases, or one interpreter with --python")
    if not folder.is_dir():
        raise typer.BadParameter(f"{folder} is no folder", param_hint="--folder")
    try:
        _collect_all(versions or (), python, folder)
    except EnvprobeError as error:
        sys.exit(f"collect_registrations: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"collect_registrations: this failed: {' '.join(map(str, error.cmd))}")


def _collect_all(versions: Sequence[str], python: Path | None, folder: Path) -> None:
    if python:
        _collect(python, folder)
    for version in versions:
        with tempfile.TemporaryDirectory(prefix="envprobe-registrations-") as environment:
            _collect(_install(version, Path(environment)), folder)


def _install(version: str, folder: Path) -> Path:
    print(f"installing tensorflow {version}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f"tensorflow=={version}"], check=True)
    return python


def _collect(python: Path, folder: Path) -> None:
    found = registrations_of([str(python), str(WORKER_FOLDER)], gradient_uses=True)
    if found.xla:
        sys.exit(f"XLA's kernels could not be registered: {found.xla}")
    path = release_path(folder, found.tensorflow)
    write_atomically(path, encode_registrations(found))
    print(f"{path.name}: {_summary(found)}, {path.stat().st_size / 1000:.0f} kB", flush=True)


def _summary(found: Registrations) -> str:
    kernels = sum(map(len, found.kernels.values()))
    gradients = sum(gradient.differentiable for gradient in found.gradients.values())
    traced = sum(bool(gradient.uses) for gradient in found.gradients.values())
    return (
        f"{len(found.ops)} ops, {kernels} rows of kernels, {gradients} gradients, {traced} traced"
    )


if __name__ == "__main__":
    typer.run(main)
