"""The answer to a question about ops (kind `ops`)."""

from __future__ import annotations

from typing import Literal

import msgspec

from envprobe.evidence.comparison import Comparison
from envprobe.evidence.missing import Missing
from envprobe.evidence.op_view import OpView
from envprobe.evidence.overview import Overview
from envprobe.evidence.presence import OpHistory
from envprobe.evidence.shown_registry import Source
from envprobe.matrix.matrix import Device

FORMAT_VERSION = 1


class MatrixShown(msgspec.Struct, frozen=True, kw_only=True):
    """The matrix whose cells are shown."""

    path: str
    environment_digest: str
    tensorflow: str | None
    preset: str
    started: str
    devices: tuple[Device, ...]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Ops through the known releases; `only_changed` leaves out those that all have alike."""

    releases: tuple[str, ...]
    only_changed: bool
    ops: tuple[OpHistory, ...]


class OpsResult(msgspec.Struct, frozen=True, kw_only=True):
    """What is registered, asked and measured of some ops.

    `tensorflow` is the version shown, `asked` the one wanted (None: none was), `source` says who
    wanted it, and `exact` whether it is the registry of that very build. `distribution` is the
    installed one where that decided. Of the last four fields at most one is filled; `ops` is empty
    beside them. `page` says that one op was named, by its name.
    """

    kind: Literal["ops"] = "ops"
    format_version: int = FORMAT_VERSION
    tensorflow: str
    asked: str | None
    source: Source
    exact: bool
    distribution: str | None
    gpu_build: bool
    pattern: str | None
    device_types: tuple[str, ...]
    dtype: str | None
    matrix: MatrixShown | None
    notes: tuple[str, ...]
    page: bool
    ops: tuple[OpView, ...]
    left_out: int  # ops that match, and that cannot have the dtype at all
    overview: Overview | None = None
    missing: Missing | None = None
    history: History | None = None
    compare: Comparison | None = None
