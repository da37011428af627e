"""Ops as the registry, the catalog and this machine's matrix know them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import msgspec

from envprobe.errors import UsageError, unknown_name
from envprobe.evidence.comparison import comparison
from envprobe.evidence.dtype_states import DEVICE_TYPES
from envprobe.evidence.excerpt import excerpt_about, excerpts, ops_of
from envprobe.evidence.matching import (
    is_glob,
    known_device_type,
    known_dtype,
    matcher,
    matching_ops,
)
from envprobe.evidence.measured_cells import cells_by_op
from envprobe.evidence.missing import MISSING_DEVICE_TYPES, MISSING_DTYPE, WHATS, missing_ops
from envprobe.evidence.op_view import OpView, Scope, op_view
from envprobe.evidence.ops_result import History, MatrixShown, OpsResult
from envprobe.evidence.overview import overview
from envprobe.evidence.presence import op_history
from envprobe.evidence.shown_registry import (
    MeasuredHere,
    ShownRegistry,
    measured_here,
    shown_registry,
)
from envprobe.ops.catalog import load_catalog, load_rows
from envprobe.registrations import Registrations, known_releases, nearest_release, read_release


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """All that an answer is made of."""

    shown: ShownRegistry
    measured: MeasuredHere | None
    notes: tuple[str, ...]
    pattern: str | None
    scope: Scope
    narrowed: bool  # whether a device type or a dtype was asked for

    @property
    def registrations(self) -> Registrations:
        return self.shown.registrations


def look_up(
    pattern: str | None = None,
    *,
    tensorflow: str | None = None,
    device_type: str | None = None,
    dtype: str | None = None,
    history: bool = False,
    compare: tuple[str, str] | None = None,
    missing: str | None = None,
    matrix: Path | None = None,
) -> OpsResult:
    """What is registered, probed and measured of the ops that `pattern` means (None: all).

    `history` tells instead in which releases kernels were there, `compare` what two releases
    register differently, `missing` (`gradient` or `kernel`) which ops lack one. `matrix` is a
    file of a scan; without it this machine's last one. Raises UsageError for names that do not
    exist and for questions that exclude each other, FileFormatError for an unreadable `matrix`.
    """
    _require_one_question(tensorflow, history, compare, missing)
    measured, notes = measured_here(matrix)
    # One op needs little of a release; names that may have to be checked need all of it.
    alone = pattern is not None and not (device_type or dtype or history or compare or missing)
    shown = shown_registry(
        compare[1] if compare else tensorflow, measured, _reader(pattern) if alone else read_release
    )
    known = _Known(
        shown=shown,
        measured=measured,
        notes=notes,
        pattern=pattern,
        scope=_scope(device_type, dtype, shown.registrations),
        narrowed=bool(device_type or dtype),
    )
    if compare:
        return _compare(known, compare)
    if history:
        return _history(known)
    if missing:
        return _missing(known, missing)
    overall = pattern is None and not known.narrowed
    return _overview(known) if overall else _views(known)


def _reader(pattern: str | None) -> Callable[[str], Registrations]:
    if pattern is None or is_glob(pattern):
        return read_release
    return functools.partial(excerpt_about, pattern)


def _scope(device_type: str | None, dtype: str | None, registrations: Registrations) -> Scope:
    return Scope(
        device_types=(known_device_type(device_type, registrations),)
        if device_type
        else DEVICE_TYPES,
        dtype=known_dtype(dtype, registrations) if dtype else None,
    )


def _require_one_question(
    tensorflow: str | None, history: bool, compare: tuple[str, str] | None, missing: str | None
) -> None:
    asked = {"--history": history, "--compare": bool(compare), "--missing": bool(missing)}
    given = [name for name, is_given in asked.items() if is_given]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} are different questions: ask one at a time")
    if tensorflow and (history or compare):
        which = "looks at every known release" if history else "names its releases itself"
        raise UsageError(f"{given[0]} {which}: leave out --tensorflow")
    if missing and missing not in WHATS:
        raise unknown_name("value of --missing", missing, WHATS)


def _overview(known: _Known) -> OpsResult:
    matrix = known.measured.matrix if known.measured else None
    return _result(known, overview=overview(known.registrations, load_catalog(), matrix))


def _views(known: _Known) -> OpsResult:
    registrations = known.registrations
    named = known.pattern is not None and not is_glob(known.pattern)
    catalog = load_rows(known.pattern) if named and known.pattern else load_catalog()
    # An excerpt without the op is empty; the release then tells what it does have.
    names = set(registrations.ops or ops_of(registrations.tensorflow))
    if named:  # composites stand in no registry, but were measured
        names |= {op for op, row in catalog.items() if row.composite}
    ops = matching_ops(known.pattern, names, tensorflow=registrations.tensorflow)
    cells = (
        cells_by_op(known.measured.matrix, catalog, registrations, known.scope, frozenset(ops))
        if known.measured
        else {}
    )
    releases = excerpts(ops)
    views = tuple(
        op_view(op, registrations, catalog, releases, known.scope, cells.get(op, ())) for op in ops
    )
    shown = views if named else tuple(view for view in views if _concerns(view, known.scope))
    return _result(known, page=named and len(ops) == 1, ops=shown, left_out=len(ops) - len(shown))


def _concerns(view: OpView, scope: Scope) -> bool:
    """Whether the op can have the dtype that is asked for at all."""
    if scope.dtype is None:
        return True
    states = {on.dtypes.get(scope.dtype, "not_allowed") for on in view.registered}
    return states != {"not_allowed"}


def _history(known: _Known) -> OpsResult:
    catalog = load_catalog()
    every = frozenset().union(*(ops_of(release) for release in known_releases()))
    ops = matching_ops(known.pattern, every)
    releases = excerpts(ops)
    named = len(ops) == 1
    found = [
        op_history(op, catalog.get(op), releases, known.scope.device_types, known.scope.dtype)
        for op in ops
    ]
    history = History(
        releases=known_releases(),
        only_changed=not named,
        ops=tuple(one for one in found if named or one.changed),
    )
    return _result(known, history=history)


def _compare(known: _Known, asked: tuple[str, str]) -> OpsResult:
    old, new = (read_release(nearest_release(version)) for version in asked)
    if known.pattern is not None:
        matching_ops(known.pattern, old.ops.keys() | new.ops.keys())
    scope = known.scope if known.narrowed else None
    found = comparison(old, new, asked, matcher(known.pattern), scope)
    return _result(known, compare=found)


def _missing(known: _Known, what: Any) -> OpsResult:
    registrations = known.registrations
    ops = matching_ops(known.pattern, registrations.ops.keys(), tensorflow=registrations.tensorflow)
    asked = known.scope.device_types
    found = missing_ops(
        what,
        registrations,
        load_catalog(),
        ops,
        asked if asked != DEVICE_TYPES else MISSING_DEVICE_TYPES[what],
        known.scope.dtype or MISSING_DTYPE,
    )
    return _result(known, missing=found)


def _result(known: _Known, **answer: Any) -> OpsResult:
    shown = known.shown
    build = shown.registrations.build
    fields: dict[str, Any] = {"page": False, "ops": (), "left_out": 0, **answer}
    compare = fields.get("compare")
    wanted = (compare.asked_old, compare.asked_new) if compare else (shown.asked,)
    return OpsResult(
        tensorflow=shown.registrations.tensorflow,
        asked=shown.asked,
        source=shown.source,
        exact=shown.exact,
        distribution=shown.distribution,
        gpu_build=bool(build.get("is_cuda_build") or build.get("is_rocm_build")),
        pattern=known.pattern,
        device_types=known.scope.device_types,
        dtype=known.scope.dtype,
        matrix=_matrix_shown(known.measured),
        notes=(*known.notes, *_nearest_notes(shown, wanted)),
        **fields,
    )


def _nearest_notes(shown: ShownRegistry, wanted: Collection[str | None]) -> list[str]:
    if shown.exact and len(wanted) == 1:
        return []
    return [
        f"no registrations of TensorFlow {version} are known: shown are those of the nearest"
        f" release, {nearest_release(version)}"
        for version in wanted
        if version and nearest_release(version) != version
    ]


def _matrix_shown(measured: MeasuredHere | None) -> MatrixShown | None:
    if measured is None:
        return None
    matrix = measured.matrix
    return MatrixShown(
        path=str(measured.path),
        environment_digest=matrix.environment_digest,
        tensorflow=matrix.environment.tensorflow,
        preset=matrix.scan.preset,
        started=matrix.scan.started,
        devices=matrix.devices,
    )
