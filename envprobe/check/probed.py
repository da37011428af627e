"""What no cell of this machine has measured of a model, run now and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from envprobe.check.as_run_there import as_run_there
from envprobe.check.judging.judge import judge
from envprobe.check.surroundings import Surroundings
from envprobe.check.target import Target
from envprobe.matrix.cell import Cell
from envprobe.matrix.store import read_matrix, write_matrix
from envprobe.models.oplist import OpList, Requirement
from envprobe.probe.progress import Progress
from envprobe.probe.requirements import probe_requirements, with_cells
from envprobe.terms import Evidence


def probed(
    oplist: OpList,
    around: Surroundings,
    *,
    python: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Surroundings:
    """The surroundings with a cell for each node that could be run alone and had none.

    The cells are added to this machine's matrix file, where there is one. Raises
    NothingProbedError where TensorFlow does not start.
    """
    cells: list[Cell] = []
    targets = []
    for target in around.targets:
        missing = unmeasured(oplist, target)
        found = (
            probe_requirements(missing, (target.device.name,), python=python, progress=progress)
            if missing
            else ()
        )
        cells += found
        targets.append(target._replace(cells=(*target.cells, *found)))
    note = f"{len(cells):,} kinds of node were run now ({_kept(cells, around.matrix)})"
    beside = {target.device.name: target for target in targets if target.cpu is None}
    return around._replace(
        targets=tuple(_beside(target, beside) for target in targets),
        notes=(*around.notes, note),
    )


def unmeasured(oplist: OpList, target: Target) -> list[Requirement]:
    """The requirements that no cell of the target speaks for."""
    judgements = judge(as_run_there(oplist, target), target)
    return [one.requirement for one in judgements if one.evidence is not Evidence.MEASURED]


def _kept(cells: Sequence[Cell], matrix: Path | None) -> str:
    if matrix is None:
        return "not kept: this machine has no matrix yet, which `envprobe scan` makes"
    write_matrix(matrix, with_cells(read_matrix(matrix), cells))
    return f"added to {matrix}"


def _beside(target: Target, cpus: dict[str, Target]) -> Target:
    """An accelerator's CPU, with its new cells."""
    if target.cpu is None:
        return target
    return target._replace(cpu=cpus.get(target.cpu.device.name, target.cpu))
