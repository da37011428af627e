"""Which cells a scan asks for: a preset, narrowed by ops, dtypes, modes and devices."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping

import msgspec

from envprobe.errors import UsageError, unknown_name
from envprobe.ops.row import Row, Variant
from envprobe.terms import DTYPES, MODES, Direction, Mode

QUICK_DTYPES = ("float16", "bfloat16", "float32")
PRESETS: Mapping[str, tuple[Mode, ...]] = {
    "quick": ("eager", "graph"),
    "standard": ("eager", "graph"),
    "full": ("eager", "graph", "xla"),
}
_RANK = {preset: rank for rank, preset in enumerate(PRESETS)}


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """A preset and what narrows it; an empty tuple narrows nothing."""

    preset: str = "standard"
    devices: tuple[str, ...] = ()
    ops: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    timing: bool = True

    @property
    def narrowed(self) -> dict[str, list[str]]:
        """The options that narrow the preset, for the record."""
        options = {
            "devices": list(self.devices),
            "ops": list(self.ops),
            "dtypes": list(self.dtypes),
            "modes": list(self.modes),
            "timing": [] if self.timing else ["off"],
        }
        return {name: values for name, values in options.items() if values}

    def checked(self, catalog: Mapping[str, Row]) -> Selection:
        """Itself, when every name exists.

        Raises UsageError that offers the nearest names.
        """
        _known("preset", [self.preset], PRESETS)
        _known("dtype", self.dtypes, DTYPES)
        _known("mode", self.modes, MODES)
        for glob in self.ops:
            if not any(fnmatch.fnmatchcase(op, glob) for op in catalog):
                raise unknown_name("op", glob, catalog)
        return self

    def holds_row(self, op: str, row: Row) -> bool:
        """Whether the op is asked for. An op that is named is, whatever the preset."""
        if self.ops:
            return any(fnmatch.fnmatchcase(op, glob) for glob in self.ops)
        return _RANK[row.preset] <= _RANK[self.preset]

    def holds_variant(self, row: Row, variant: Variant) -> bool:
        """Whether this variant of a row that is asked for is, too."""
        if not row.variants:
            return True
        return max(_RANK[variant.preset], _RANK[row.preset]) <= max(
            _RANK[self.preset], _RANK[row.preset]
        )

    def dtypes_of(
        self, working: Iterable[str], probed: Iterable[str], *, composite: bool = False
    ) -> tuple[str, ...]:
        """The dtypes to ask about, given those that should work and those always asked about.

        No definition says what else a composite might allow.
        """
        if self.dtypes:
            return self.dtypes
        if self.preset == "full" and not composite:
            return DTYPES
        wanted = {*working, *probed}
        if self.preset == "quick" and wanted & set(QUICK_DTYPES):
            wanted &= set(QUICK_DTYPES)
        return tuple(dtype for dtype in DTYPES if dtype in wanted)

    def modes_of(self) -> tuple[Mode, ...]:
        """The modes to ask about."""
        return tuple(m for m in MODES if m in (self.modes or PRESETS[self.preset]))

    def times(self, direction: Direction, mode: Mode) -> bool:
        """Whether cells of this direction and mode are timed, if their op is.

        Eager differs from graph by the interpreter's time only; quick leaves out what takes the
        longest.
        """
        worth = mode != "eager" or self.modes == ("eager",)
        return self.timing and worth and (self.preset != "quick" or direction == "forward")

    def devices_of(self, listed: Iterable[str]) -> tuple[str, ...]:
        """Those of TensorFlow's devices that are asked for, by name (`GPU:0`) or type (`GPU`).

        Raises UsageError when one matches nothing.
        """
        listed = list(listed)
        if not self.devices:
            return tuple(listed)
        for wanted in self.devices:
            if not any(_is_device(name, wanted) for name in listed):
                raise UsageError(
                    f"TensorFlow lists no device {wanted!r} here: it lists {', '.join(listed)}"
                )
        return tuple(n for n in listed if any(_is_device(n, wanted) for wanted in self.devices))


def _is_device(name: str, wanted: str) -> bool:
    return wanted.upper() in (name.upper(), name.split(":", maxsplit=1)[0].upper())


def _known(kind: str, seen: Iterable[str], known: Iterable[str]) -> None:
    known = tuple(known)
    for name in seen:
        if name not in known:
            raise unknown_name(kind, name, known)
