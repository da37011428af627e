"""One pass over a log: what its lines say that any rule or signal knows."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec

from envprobe.diagnose.catalog import Entry, entries
from envprobe.diagnose.line import Line
from envprobe.diagnose.pattern import compiled
from envprobe.diagnose.reading.blocks import Block, blocks
from envprobe.diagnose.reading.launcher import Launcher, launcher_of
from envprobe.diagnose.reading.shown import shown
from envprobe.diagnose.reading.source import Piece
from envprobe.diagnose.scanning.anchors import Anchors, line_around
from envprobe.diagnose.scanning.candidates import candidates_by_text
from envprobe.diagnose.scanning.progress import progress_in
from envprobe.diagnose.scanning.surroundings import Around, Window
from envprobe.diagnose.scanning.tail import last_lines
from envprobe.diagnose.sighting import Sighting

# Kept of each name and rank: the first, for what came first, and the last, for how it ended.
FIRST_KEPT = 12
LAST_KEPT = 6
HEAD_BYTES = 65536
END_BYTES = 262144
HEAD_LINE = 4096


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """What a pass over one piece of a log found.

    counts    how often each name was sighted; at least, where a log repeats itself very often
    progress  by rank, the orders of lines on which training went on: a few behind each sighting
    tail      the last lines
    length    its bytes as they were read, without colours
    """

    file: str
    sightings: tuple[Sighting, ...]
    counts: dict[str, int]
    progress: dict[str | None, list[int]]
    tail: tuple[Line, ...]
    length: int
    lines: int


def scan(piece: Piece, *, order: int = 0) -> Scanned:
    """Everything sighted in a piece; `order` is where it begins, behind the pieces before it."""
    looked = _Looked(piece.file)
    for block, previous, following in _with_neighbours(blocks(piece.stream)):
        looked.look(msgspec.structs.replace(block, order=order + block.order), previous, following)
    return looked.result(order)


def _with_neighbours(every: Iterator[Block]) -> Iterator[tuple[Block, bytes, bytes | None]]:
    """Each block with the data before and behind it; None behind the last one."""
    previous, block = b"", next(every, None)
    while block is not None:
        following = next(every, None)
        yield block, previous, following.data if following else None
        previous, block = block.data, following


class _Looked:
    """What has been found so far; bounded, however long the log is."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._candidates = candidates_by_text()
        self._anchors = Anchors(entries())
        self._launcher: Launcher | None = None
        self._first: dict[tuple[str, str | None], list[Sighting]] = {}
        self._last: dict[tuple[str, str | None], deque[_Kept]] = {}
        self._counts: Counter[str] = Counter()
        self._progress: dict[str | None, list[int]] = {}
        self._tail: tuple[Line, ...] = ()
        self._end = self._lines = 0

    def look(self, block: Block, previous: bytes, following: bytes | None) -> None:
        """Take in one block."""
        self._launcher = launcher = self._launcher or _launcher_in(block)
        window = Window(previous=previous, data=block.data, following=following or b"")
        # At the end of a log everything is looked at: what ended the run stands there.
        last = following is None or len(following) < HEAD_BYTES
        places, counted, number = [], 0, block.number
        every_from = max(0, len(block.data) - END_BYTES) if last else len(block.data)
        for start, end in self._anchors.lines(block.data, every_from):
            number, counted = number + block.data.count(b"\n", counted, start), start
            text, rank = launcher.strip(shown(block.data[start:end]))
            order = block.order + start
            line = Line(file=self._file, number=number, order=order, text=text, rank=rank)
            if self._look_at(line, Around(window, start, end, launcher)):
                places.append(start)
        self._note_progress(block, places, launcher)
        self._end = block.order + len(block.data)
        self._lines = block.number + block.data.count(b"\n") - block.data.endswith(b"\n")
        if last:
            self._tail = (*self._tail, *last_lines(self._file, block, launcher))

    def result(self, begin: int) -> Scanned:
        """Everything, in the log's order."""
        last = (kept.sighting() for every in self._last.values() for kept in every)
        found = (*chain(*self._first.values()), *last)
        return Scanned(
            file=self._file,
            sightings=tuple(sorted(found, key=lambda one: one.line.order)),
            counts=dict(self._counts),
            progress=self._progress,
            tail=self._tail,
            length=max(0, self._end - begin),
            lines=self._lines,
        )

    def _note_progress(self, block: Block, places: Sequence[int], launcher: Launcher) -> None:
        for place in progress_in(block.data, places):
            start, end = line_around(block.data, place)
            _, rank = launcher.strip(shown(block.data[start:end]))
            self._progress.setdefault(rank, []).append(block.order + place)

    def _look_at(self, line: Line, around: Around) -> bool:
        """Whether any pattern matches the line; what matches is kept."""
        seen: set[str] = set()
        for entry in self._candidates.of(line.text):
            found = entry.name not in seen and entry.pattern.compiled.search(line.text)
            if found and _fits(entry, around):
                seen.add(entry.name)
                fields = {key: value for key, value in found.groupdict().items() if value}
                self._keep(_Kept(entry.name, line, fields, around))
        return bool(seen)

    def _keep(self, kept: _Kept) -> None:
        key = (kept.name, kept.line.rank)
        self._counts[kept.name] += 1
        first = self._first.setdefault(key, [])
        if len(first) < FIRST_KEPT:
            first.append(kept.sighting())
        else:
            self._last.setdefault(key, deque(maxlen=LAST_KEPT)).append(kept)


class _Kept(NamedTuple):
    """A sighting whose surroundings are still to be made into text."""

    name: str
    line: Line
    fields: dict[str, str]
    around: Around

    def sighting(self) -> Sighting:
        return Sighting(
            name=self.name,
            line=self.line,
            fields=self.fields,
            before=self.around.before,
            after=self.around.after,
        )


def _launcher_in(block: Block) -> Launcher:
    head = block.data[:HEAD_BYTES].replace(b"\r", b"\n").split(b"\n")
    return launcher_of([shown(line[:HEAD_LINE]) for line in head])


def _fits(entry: Entry, around: Around) -> bool:
    """Whether the lines around hold what the pattern asks of them."""
    above, below = entry.pattern.before, entry.pattern.after
    return _all_in(below, around.after if below else "") and _all_in(
        above, around.before if above else ""
    )


def _all_in(regexes: Sequence[str], text: str) -> bool:
    return all(compiled(regex).search(text) for regex in regexes)
