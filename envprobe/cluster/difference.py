"""What two files differ in (file kind `diff`)."""

from __future__ import annotations

from typing import Literal

import msgspec

from envprobe.terms import Direction, Mode, Status

FORMAT_VERSION = 1


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a cell asks."""

    op: str
    variant: str
    dtype: str
    device: str
    direction: Direction
    mode: Mode


class StatusChange(Question, frozen=True, kw_only=True):
    """A cell that came out otherwise, or for another reason."""

    before: Status
    after: Status
    reason_before: str | None
    reason_after: str | None


class OneSided(Question, frozen=True, kw_only=True):
    """A cell that only one of the two was asked."""

    status: Status


class TimingChange(Question, frozen=True, kw_only=True):
    """A cell that takes longer or shorter, beyond the noise of both; `ratio` is after to before."""

    seconds_before: float
    seconds_after: float
    seconds_iqr_before: float
    seconds_iqr_after: float
    ratio: float


class EnvironmentChange(msgspec.Struct, frozen=True, kw_only=True):
    """Something that decides support and is not the same; None: it is not there."""

    name: str
    before: str | None
    after: str | None


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison: a matrix, or nodes of a cluster with the same results."""

    profile: str
    nodes: tuple[str, ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One environment before and after.

    `regressions` were supported and are not; `fixed` are supported now; `changed` are neither;
    `reasons` have the same status for another reason. `compared` cells were asked on both sides;
    of those `timed` could be compared by time; `unstable` could not as their timings scatter, and
    `disturbed` as other processes used the device.
    """

    before: Measured
    after: Measured
    environment: tuple[EnvironmentChange, ...]
    compared: int
    regressions: tuple[StatusChange, ...]
    fixed: tuple[StatusChange, ...]
    changed: tuple[StatusChange, ...]
    reasons: tuple[StatusChange, ...]
    only_before: tuple[OneSided, ...]
    only_after: tuple[OneSided, ...]
    timed: int
    unstable: int
    disturbed: int
    slower: tuple[TimingChange, ...]
    faster: tuple[TimingChange, ...]

    @property
    def nothing_changed(self) -> bool:
        """Whether both sides are the same in all that was compared."""
        statuses = (self.regressions, self.fixed, self.changed, self.reasons)
        others = (self.environment, self.only_before, self.only_after, self.slower, self.faster)
        return not any((*statuses, *others))


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """All comparisons; `regressions` and `slower` count over them, for a gate that reads the JSON.

    `bound` is the least change of a time that counts, as a share. `nodes_only_before` and
    `nodes_only_after` were not compared.
    """

    kind: Literal["diff"] = "diff"
    format_version: int = FORMAT_VERSION
    before: str
    after: str
    bound: float
    regressions: int
    slower: int
    comparisons: tuple[Comparison, ...]
    nodes_only_before: tuple[str, ...]
    nodes_only_after: tuple[str, ...]
    envprobe: str
