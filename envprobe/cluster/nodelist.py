"""Host lists as Slurm writes them: `node[01-12,15],gpu-a[1-3]`, and back."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from envprobe.errors import UsageError

MOST_NAMES = 1_000_000  # that a list may stand for: a typing error must not fill the memory
MOST_DIGITS = 15  # longer runs of digits are serial numbers, and no range
_NUMBER = re.compile(r"([0-9]+)")
_RANGE = re.compile(r"([0-9]+)(?:-([0-9]+))?")
_FORBIDDEN = re.compile(r"[\s,\[\]]")


def nodelist(names: Iterable[str]) -> str:
    """The names in Slurm's compact syntax, in natural order, each once; `expand` gives them back.

    Zero padding is kept. A name that does not end in a digit is spelled out, since Slurm wants
    one numeric expression at the end of a name (slurm.conf(5), NodeName). Raises `UsageError`
    for what cannot be a host's name.
    """
    wanted = sorted(set(names), key=natural)
    for name in wanted:
        if not name or _FORBIDDEN.search(name):
            raise UsageError(f"{name!r} cannot stand in a host list: expected a host's name")
    groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for name in wanted:
        words, numbers = _split(name)
        groups.setdefault(words, []).append(numbers)
    return ",".join(text for words, rows in groups.items() for text in _folded(words, rows))


def expand(text: str) -> list[str]:
    """The names that a host list stands for, in its order; the inverse of `nodelist`.

    Brackets may stand anywhere. Raises `UsageError` for what is no host list, and for more than a
    million names.
    """
    names: list[str] = []
    for item in _items(text):
        parts = [_values(text, part) for part in re.split(r"(\[[^\[\]]*\])", item) if part]
        names.extend(_product(text, parts, MOST_NAMES - len(names)))
    return names


@functools.lru_cache(maxsize=1 << 14)  # a cluster's nodes are sorted again for every list
def natural(name: str) -> tuple[tuple[str, int, str], ...]:
    """A key that sorts `n2` before `n10`, and never takes two names for one."""
    pieces = [*_NUMBER.split(name), ""]
    pairs = zip(pieces[::2], pieces[1::2], strict=True)
    return tuple([(word, int(number[:400] or 0), number) for word, number in pairs])


def _split(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words around the numbers, and the numbers; no numbers where none may be folded."""
    if not name[-1].isdigit() or not name[-1].isascii():
        return (name,), ()
    words, numbers = [""], []
    for at, piece in enumerate(_NUMBER.split(name)):
        if at % 2 and len(piece) <= MOST_DIGITS:
            numbers.append(piece)
            words.append("")
        else:
            words[-1] += piece
    if words[-1]:  # the last number was too long to be one
        return (name,), ()
    return tuple(words), tuple(numbers)


def _folded(words: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """One text for each block of names that differ in one number after the other."""
    for at in reversed(range(len(words) - 1)):
        together: dict[tuple[str, ...], list[str]] = {}
        for row in rows:
            together.setdefault((*row[:at], *row[at + 1 :]), []).append(row[at])
        rows = [(*rest[:at], _ranges(values), *rest[at:]) for rest, values in together.items()]
    for row in rows:
        yield "".join(word + number for word, number in zip(words, (*row, ""), strict=True))


def _ranges(values: Sequence[str]) -> str:
    """`[01-03,7]`, or the number itself where there is one."""
    padded = {len(value) for value in values if value[0] == "0" and len(value) > 1}
    runs: list[list[str]] = []
    for value in sorted(values, key=lambda v: (len(v) if len(v) in padded else 0, int(v))):
        if runs and value == str(int(runs[-1][-1]) + 1).zfill(len(runs[-1][0])):
            runs[-1].append(value)
        else:
            runs.append([value])
    texts = [run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return texts[0] if len(values) == 1 else f"[{','.join(texts)}]"


def _items(text: str) -> Iterator[str]:
    """The list's parts between the commas that are not in brackets."""
    if not text.strip():
        return
    start, depth = 0, 0
    for at, character in enumerate(text):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if depth not in (0, 1):
            raise _malformed(text, "unpaired brackets")
        if character == "," and not depth:
            yield text[start:at].strip()
            start = at + 1
    if depth:
        raise _malformed(text, "unpaired brackets")
    yield text[start:].strip()


def _values(text: str, part: str) -> list[str]:
    if part[0] != "[":
        return [part]
    found: list[str] = []
    for piece in part[1:-1].split(","):
        match = _RANGE.fullmatch(piece.strip())
        if match is None:
            raise _malformed(text, f"{piece!r} is no number and no range")
        low, high = match[1], match[2] or match[1]
        if max(len(low), len(high)) > MOST_DIGITS or int(high) < int(low):
            raise _malformed(text, f"{piece!r} is no range")
        if int(high) - int(low) >= MOST_NAMES:
            raise _too_many(text)
        found.extend(str(number).zfill(len(low)) for number in range(int(low), int(high) + 1))
    return found


def _product(text: str, parts: Sequence[Sequence[str]], most: int) -> Iterator[str]:
    if not parts:
        raise _malformed(text, "an empty name")
    total = 1
    for values in parts:
        total *= len(values)
    if total > most:
        raise _too_many(text)
    return ("".join(pieces) for pieces in itertools.product(*parts))


def _malformed(text: str, what: str) -> UsageError:
    return UsageError(f"{text[:80]!r} is no host list ({what}): expected one like node[01-12,15]")


def _too_many(text: str) -> UsageError:
    return UsageError(f"{text[:80]!r} stands for more than {MOST_NAMES:,} names")
