"""What the cells of a Jupyter notebook printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from envprobe.errors import UsageError

LARGEST_BYTES = 64 << 20
ERRORS = ("error", "pyerr")  # formats 4 and 3


def is_notebook(name: str, start: bytes) -> bool:
    """Whether it is one, by its name or its beginning."""
    begins = start.lstrip()[:1] == b"{"
    holds_cells = b'"cells"' in start and b'"cell_type"' in start
    return begins and (name.endswith(".ipynb") or holds_cells)


def notebook_outputs(name: str, stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """For each cell that printed something: `cell 3` (counted from 1), and its text."""
    data = stream.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise UsageError(f"{name} is larger than {LARGEST_BYTES >> 20} MB: export its outputs")
    try:
        # Bytes that are no UTF-8 cost their characters only.
        cells = _cells(msgspec.json.decode(data.decode("utf-8", "replace")))
    except (msgspec.DecodeError, AttributeError, TypeError, RecursionError) as error:
        raise UsageError(f"{name} is no notebook that can be read: {error}") from error
    for place, cell in enumerate(cells, 1):
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        every = outputs if isinstance(outputs, list) else ()
        text = "\n".join(filter(None, map(_text, every)))
        if text:
            yield f"cell {place}", text


def _cells(notebook: Any) -> list[Any]:
    # Format 3 keeps its cells in worksheets.
    sheets = notebook.get("worksheets") or [notebook]
    return [cell for sheet in sheets for cell in sheet.get("cells") or ()]


def _text(output: Any) -> str:
    if not isinstance(output, dict):
        return ""
    if output.get("output_type") in ERRORS or output.get("traceback"):
        last = f"{output.get('ename', '')}: {output.get('evalue', '')}"
        return _joined(output.get("traceback"), "\n") or last
    data = output.get("data")
    plain = data.get("text/plain") if isinstance(data, dict) else None
    return _joined(output.get("text") or plain)


def _joined(text: Any, between: str = "") -> str:
    """A text, or the lines of one."""
    if isinstance(text, list):
        return between.join(map(str, text))
    return "" if text is None else str(text)
