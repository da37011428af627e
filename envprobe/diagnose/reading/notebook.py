"""What the cells of a Jupyter notebook printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from envprobe.errors import UsageError

LARGEST_BYTES = 64 << 20


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
        cells = _cells(msgspec.json.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError, AttributeError, TypeError) as error:
        raise UsageError(f"{name} is no notebook that can be read: {error}") from error
    for place, cell in enumerate(cells, 1):
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        text = "\n".join(filter(None, map(_text, outputs or ())))
        if text:
            yield f"cell {place}", text


def _cells(notebook: Any) -> list[Any]:
    # Format 3 keeps its cells in worksheets.
    sheets = notebook.get("worksheets") or [notebook]
    return [cell for sheet in sheets for cell in sheet.get("cells") or ()]


def _text(output: Any) -> str:
    if not isinstance(output, dict):
        return ""
    if output.get("traceback"):
        lines = [str(line) for line in output["traceback"]]
        last = f"{output.get('ename', '')}: {output.get('evalue', '')}"
        return "\n".join(lines) if lines else last
    data = output.get("data")
    plain = data.get("text/plain") if isinstance(data, dict) else None
    text = output.get("text") or plain or ""
    return "".join(map(str, text)) if isinstance(text, list) else str(text)
