"""What reading one file came to, small enough to travel between processes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from envprobe.cluster.node_scan import (
    NodeScan,
    Questions,
    questions_of,
    raw_keys,
    scan_from_matrix,
)
from envprobe.cluster.store import kind_of, read_bytes
from envprobe.errors import FileFormatError
from envprobe.matrix.cell import CellKey
from envprobe.matrix.matrix import FORMAT_VERSION, Matrix
from envprobe.matrix.store import read_matrix


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One of: the scan, that the file is a cluster file, or why it cannot be read.

    `keys` are given the first time that a reader meets their questions.
    """

    path: str
    scan: NodeScan | None = None
    keys: tuple[CellKey, ...] | None = None
    is_cluster: bool = False
    fault: str | None = None


MOST_TOLD = 64  # sets of questions that are held; keys that are given twice do no harm
Told = dict[tuple[tuple[str, ...], ...], Questions]


def answer_for(path: str, told: Told) -> Answer:
    """Read the file; `told` are the questions whose keys were given already, and is added to.

    Thousands of scans ask the same: sorting their cells again would take as long as reading them.
    """
    try:
        data = read_bytes(Path(path))
        matrix = _matrix(Path(path), data)
        if matrix is None:
            return Answer(path=path, is_cluster=True)
        asked = raw_keys(matrix.cells)
        known = told.get(asked)
        questions = known or _new_questions(Path(path), matrix)
        scan = scan_from_matrix(matrix, questions, path)
    except FileFormatError as error:
        return Answer(path=path, fault=str(error))
    if len(told) >= MOST_TOLD:
        told.clear()
    told[asked] = questions
    return Answer(path=path, scan=scan, keys=None if known else questions.keys)


def _new_questions(path: Path, matrix: Matrix) -> Questions:
    questions = questions_of(matrix.cells)
    if len(set(questions.keys)) < len(questions.keys):
        read_matrix(path)  # says which cell is there twice
    return questions


def _matrix(path: Path, data: bytes) -> Matrix | None:
    """None for a cluster file. Reads most files once: a look at the head alone costs half as much
    again."""
    try:
        matrix = msgspec.json.decode(data, type=Matrix)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        matrix = None
    if matrix is not None and 1 <= matrix.format_version <= FORMAT_VERSION:
        return matrix
    if kind_of(path, data) == "cluster":
        return None
    return read_matrix(path)  # says what is wrong with it
