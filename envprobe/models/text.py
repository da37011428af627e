"""Op lists written by hand: one `Op dtype` a line."""

from __future__ import annotations

import re
from pathlib import Path

from envprobe.errors import EnvprobeError, FileFormatError, unknown_name
from envprobe.models.oplist import OpList, Requirement
from envprobe.terms import DTYPES

_OP = re.compile(r"[A-Z_][A-Za-z0-9_>]*")
_ATTR = re.compile(r"([A-Za-z_]\w*)=(\S+)")
MOST_BYTES = 4 * 1024 * 1024
ANY = "dtype"  # which type attribute of the op is meant, its definition will say


def read_text(path: Path) -> OpList:
    """The op list in the file; raises FileFormatError with the number of the faulty line.

    A line is `Conv2D float16`, with attributes behind it if wanted (`data_format=NCHW`); `#` begins
    a comment.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileFormatError(f"{path} is too long for a list written by hand: expected .json")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{path} is not text: expected one `Op dtype` a line") from error
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror}") from error
    return parse_text(text, str(path))


def parse_text(text: str, source: str) -> OpList:
    """The op list that the text means; the same line twice counts twice."""
    counts: dict[tuple[str, str, tuple[tuple[str, object], ...]], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if words:
            key = _parsed(words, f"{source} line {number}")
            counts[key] = counts.get(key, 0) + 1
    if not counts:
        raise FileFormatError(f"{source} names no op: expected one `Op dtype` a line")
    requirements = tuple(
        Requirement(
            op=op, dtypes={ANY: dtype}, attrs=dict(attrs), count=count,
            unknown="a list written by hand has no shapes",
        )
        for (op, dtype, attrs), count in counts.items()
    )  # fmt: skip
    return OpList(
        source=source,
        source_kind="oplist_text",
        nodes=sum(counts.values()),
        requirements=requirements,
    )


def _parsed(words: list[str], where: str) -> tuple[str, str, tuple[tuple[str, object], ...]]:
    if not _OP.fullmatch(words[0]):
        raise FileFormatError(f"{where}: {words[0]!r} is no op: expected such as `Conv2D float16`")
    if len(words) == 1:
        raise FileFormatError(f"{where}: {words[0]} without a dtype: expected `{words[0]} float32`")
    if words[1] not in DTYPES:
        raise _placed(where, unknown_name("dtype", words[1], DTYPES))
    attrs = []
    for word in words[2:]:
        found = _ATTR.fullmatch(word)
        if found is None:
            raise FileFormatError(f"{where}: {word!r} is no attribute: expected name=value")
        attrs.append((found.group(1), _value(found.group(2))))
    return words[0], words[1], tuple(sorted(attrs, key=lambda pair: pair[0]))


def _value(text: str) -> object:
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


def _placed(where: str, error: EnvprobeError) -> FileFormatError:
    return FileFormatError(f"{where}: {error}")
