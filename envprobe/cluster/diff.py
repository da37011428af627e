"""Two matrices or clusters compared, to see what an upgrade did."""

from __future__ import annotations

import math
import os
from pathlib import Path

import msgspec

from envprobe.cluster.compare import compare
from envprobe.cluster.difference import Diff
from envprobe.cluster.pairs import File, pairs_of
from envprobe.cluster.side import Subject, read_side
from envprobe.errors import UsageError
from envprobe.version import __version__

BOUND = 0.10  # a smaller change of a time is not worth anybody's attention
FilePath = str | os.PathLike[str]


class DiffResult(msgspec.Struct, frozen=True, kw_only=True):
    """The differences, and the cells of both sides of each comparison that they were found in."""

    diff: Diff
    subjects: tuple[tuple[Subject, Subject], ...]

    @property
    def regressed(self) -> bool:
        """Whether something that was supported is not any more."""
        return self.diff.regressions > 0

    @property
    def slowed(self) -> bool:
        """Whether something takes longer, beyond noise and bound."""
        return self.diff.slower > 0


def diff(before: FilePath | File, after: FilePath | File, *, bound: float = BOUND) -> DiffResult:
    """Compare two matrices or clusters, or the files that hold them.

    `bound` is the least change of a time that counts, as a share: 0.1 is 10 %. Raises
    `FileFormatError` for a file that is neither, `UsageError` when nothing is in both.
    """
    if not (math.isfinite(bound) and bound >= 0):
        raise UsageError(f"the bound is {bound}: expected a share of at least 0, such as 0.1")
    pairs = pairs_of(_file(before), _file(after))
    comparisons = tuple(compare(old, new, bound) for old, new in pairs.pairs)
    found = Diff(
        before=_name(before, "before"),
        after=_name(after, "after"),
        bound=bound,
        regressions=sum(len(one.regressions) for one in comparisons),
        slower=sum(len(one.slower) for one in comparisons),
        comparisons=comparisons,
        nodes_only_before=pairs.only_before,
        nodes_only_after=pairs.only_after,
        envprobe=__version__,
    )
    return DiffResult(diff=found, subjects=pairs.pairs)


def _file(given: FilePath | File) -> File:
    return read_side(Path(given)) if isinstance(given, str | os.PathLike) else given


def _name(given: FilePath | File, otherwise: str) -> str:
    return os.fspath(given) if isinstance(given, str | os.PathLike) else otherwise
