"""A log's bytes as text that can be printed."""

from __future__ import annotations

# Right-to-left overrides and the like make a line look like another one.
DIRECTIONS = (0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069)
KEPT = "\t\n"
CONTROLS = dict.fromkeys(
    (*(code for code in (*range(32), *range(127, 160)) if chr(code) not in KEPT), *DIRECTIONS)
)


def shown(raw: bytes) -> str:
    """The text, without control characters but tabulators and line ends.

    What is no UTF-8 is read as Windows writes it.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return text if text.isprintable() else text.translate(CONTROLS)


def printable(name: str) -> str:
    """A file's name as it can be shown: `a\\nb` for one with a line end in it.

    It may hold escape sequences, or bytes that are no text, and stays another than every other's.
    """
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in name
    )
