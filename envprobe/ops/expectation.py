"""What a cell is expected to come to on a CPU: the row's claim, unless an exception says else.

The tests hold every expectation against an execution; nothing that a user sees depends on it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import msgspec
from packaging.specifiers import SpecifierSet

from envprobe.errors import FileFormatError
from envprobe.ops.catalog import EXCEPTIONS_FILE, catalog_folder, spelt_out, variant_of
from envprobe.ops.row import Row
from envprobe.terms import Direction, Mode, Status


class KnownException(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cells that depart from what their rows say, and why.

    A field that is left out holds for all: `ops` (all ops), `variants`, `dtypes`, `directions`,
    `modes`, `tensorflow` (a version specifier), `onednn` (whether oneDNN is on), `lacks` (an
    instruction set that the CPU does not have). `claimed` limits it to cells for which the row
    claims one of these.
    """

    status: Status
    reason: str
    ops: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = ()
    modes: tuple[Mode, ...] = ()
    claimed: tuple[Status, ...] = ()
    tensorflow: str | None = None
    onednn: bool | None = None
    lacks: str | None = None

    def holds_on(self, tensorflow: str, onednn: bool, isa: Iterable[str]) -> bool:
        """Whether it speaks of such an environment at all."""
        release = self.tensorflow is None or SpecifierSet(self.tensorflow).contains(
            tensorflow, prereleases=True
        )
        library = self.onednn is None or self.onednn is onednn
        return release and library and (self.lacks is None or self.lacks not in isa)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    exception: tuple[KnownException, ...] = ()


@functools.cache
def load_exceptions() -> tuple[KnownException, ...]:
    """All exceptions in the file's order, in which the first that holds decides."""
    try:
        found = msgspec.toml.decode((catalog_folder() / EXCEPTIONS_FILE).read_bytes(), type=_File)
    except (msgspec.DecodeError, ValueError) as error:
        raise FileFormatError(f"catalog/{EXCEPTIONS_FILE}: {error}") from error
    return tuple(
        msgspec.structs.replace(known, dtypes=spelt_out(known.dtypes)) for known in found.exception
    )


def claimed_status(row: Row, op: str, variant: str, dtype: str) -> Status:
    """What the row itself says of a dtype: the forward pass on a CPU, op by op."""
    chosen = variant_of(op, row, variant)
    for status, own, of_row in (
        (Status.SUPPORTED, chosen.dtypes, row.dtypes),
        (Status.NO_KERNEL, chosen.no_kernel, row.no_kernel),
        (Status.UNIMPLEMENTED, chosen.unimplemented, row.unimplemented),
    ):
        if dtype in (of_row if own is None else own):
            return status
    return Status.INVALID_DTYPE


def expected_status(  # noqa: PLR0913  (what makes a cell is eight things)
    row: Row,
    op: str,
    variant: str,
    dtype: str,
    direction: Direction,
    mode: Mode,
    tensorflow: str,
    *,
    onednn: bool,
    isa: Iterable[str] = (),
) -> Status:
    """The status that a cell should have on a CPU under this TensorFlow."""
    claimed = claimed_status(row, op, variant, dtype)
    asked = (op, variant, dtype, direction, mode, claimed)
    for known in _holding(tensorflow, onednn, tuple(isa)):
        limits = (
            known.ops,
            known.variants,
            known.dtypes,
            known.directions,
            known.modes,
            known.claimed,
        )
        if all(not limit or value in limit for value, limit in zip(asked, limits, strict=True)):
            return known.status
    return claimed


@functools.cache
def _holding(tensorflow: str, onednn: bool, isa: tuple[str, ...]) -> tuple[KnownException, ...]:
    return tuple(known for known in load_exceptions() if known.holds_on(tensorflow, onednn, isa))
