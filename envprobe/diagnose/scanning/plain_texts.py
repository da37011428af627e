"""The plain texts in a regular expression that every match must hold."""

from __future__ import annotations

import re

OPTIONAL = re.compile(r"[*?]|\{0?,|\{0\}")
REPEATED = re.compile(r"[*+?]\??|\{[0-9,]+\}\??")
GROUP = re.compile(r"\((?:\?(?:P<\w+>|:))?")
# A class of characters, whose first one may be its closing bracket; an escape; anything else.
PIECE = re.compile(r"\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\\.|.", re.S)
SPECIAL = ".^$*+?{}|()"


def plain_texts(regex: str) -> list[str]:
    """The runs of plain characters outside of choices and of what may be missing.

    ValueError for a choice outside of brackets.
    """
    texts, end, chooses = _sequence(regex, 0)
    if chooses:
        raise ValueError(f"a choice outside of brackets in {regex!r}: write two patterns")
    if end != len(regex):
        raise ValueError(f"a bracket too many in {regex!r}")
    return texts


def _sequence(regex: str, place: int) -> tuple[list[str], int, bool]:
    """The texts of what stands up to a closing bracket, where that is, and whether it chooses."""
    texts, run, chooses = [], "", False
    while place < len(regex) and regex[place] != ")":
        inner: list[str] = []
        piece, start = "", place
        if group := GROUP.match(regex, place):
            inner, place, choice = _sequence(regex, group.end())
            place, inner = place + 1, [] if choice else inner
        else:
            piece = _piece(regex, place)
            chooses, place = chooses or piece == "|", start + len(piece)
        optional, place = bool(OPTIONAL.match(regex, place)), _behind_repetition(regex, place)
        plain = "" if optional else _plain(piece)
        texts += [] if optional else inner
        run += plain
        if not plain or regex[place - 1] in "+}" or inner:
            texts, run = [*texts, run], ""
    return [*texts, run], place, chooses


def _piece(regex: str, place: int) -> str:
    found = PIECE.match(regex, place)
    assert found  # noqa: S101  any character is a piece
    return found[0]


def _plain(piece: str) -> str:
    """The character that the piece stands for; empty where it stands for several."""
    if len(piece) == 2 and piece[0] == "\\":
        return "" if piece[1].isalnum() else piece[1]
    return piece if len(piece) == 1 and piece not in SPECIAL else ""


def _behind_repetition(regex: str, place: int) -> int:
    found = REPEATED.match(regex, place)
    return found.end() if found else place
