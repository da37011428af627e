"""Where TensorFlow's kernel registry and the execution say different things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.text import Text

from envprobe.matrix.cell import Cell
from envprobe.matrix.disagreement import CONTRADICTING, disagreements
from envprobe.matrix.matrix import Matrix
from envprobe.report.scan.scope import scoped_ops
from envprobe.report.symbols import BY_STATUS, SIGNS, Alphabet
from envprobe.report.units import count
from envprobe.terms import Status

INDENT = 2


def registry(matrix: Matrix, alphabet: Alphabet) -> Iterator[Text | Padding]:
    """What is registered and does not work, and what works unregistered, by status and device."""
    if matrix.registrations is None:
        if matrix.registrations_unknown and matrix.cells:
            yield Text(f"The registry could not be read: {matrix.registrations_unknown}")
        return
    against = disagreements(matrix.cells)
    judged = [cell for cell in matrix.cells if cell.registered is not None]
    if not against:
        yield Text(f"They agree on all {count(len(judged), 'cell')} that the registry speaks of.")
        return
    yield Text(f"They disagree on {len(against):,} of {count(len(judged), 'cell')}:")
    for device in matrix.devices:
        of_device = [cell for cell in against if cell.device == device.name]
        asked = [cell for cell in judged if cell.device == device.name]
        for status in (*CONTRADICTING, Status.SUPPORTED):
            cells = [cell for cell in of_device if cell.status is status]
            if cells:
                yield _headline(device.name, status, cells, alphabet)
                for line in scoped_ops(cells, asked):
                    yield Padding(Text(alphabet.text(line)), (0, 0, 0, INDENT))


def _headline(device: str, status: Status, cells: Sequence[Cell], alphabet: Alphabet) -> Text:
    mark = BY_STATUS[status]
    what = (
        "supported, not registered" if status is Status.SUPPORTED else f"registered, {status.value}"
    )
    text = Text(f"{alphabet.sign(mark)} {what}", style=SIGNS[mark].style)
    ops = count(len({cell.op for cell in cells}), "op")
    words = f" on {device}: {count(len(cells), 'cell')} of {ops}"
    return text.append(words, style="default not bold")
