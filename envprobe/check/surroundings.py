"""Where a model is to run: the targets, and what was assumed in choosing them."""

from __future__ import annotations

import platform
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from envprobe.check.target import Target
from envprobe.check.targets.given_targets import given_targets
from envprobe.check.targets.this_machine import this_machine
from envprobe.cluster.cluster import Cluster


class Surroundings(NamedTuple):
    """The targets of one check.

    `is_here`: they are devices of this machine. `matrix` is the file that holds this machine's
    cells, None where there is none. `cluster` is what was given as more than one machine.
    """

    targets: tuple[Target, ...]
    notes: tuple[str, ...] = ()
    is_here: bool = True
    matrix: Path | None = None
    cluster: Cluster | None = None


def surroundings_of(
    matrices: Sequence[Path],
    tensorflow: str | None,
    python: str | None = None,
    ops: Collection[str] | None = None,
) -> Surroundings:
    """The targets that these files hold, or without any this machine's devices.

    `tensorflow` is the release that the model was traced with, `ops` are the model's. Raises
    FileFormatError or UsageError for what cannot be read.
    """
    if not matrices:
        here = this_machine(tensorflow, python)
        return Surroundings(here.targets, here.notes, matrix=here.matrix)
    given = given_targets(matrices, tensorflow, ops)
    is_here = given.cluster is None and {one.name for one in given.targets} == {platform.node()}
    return Surroundings(
        given.targets,
        given.notes,
        is_here=is_here,
        matrix=matrices[0] if is_here else None,
        cluster=given.cluster,
    )
