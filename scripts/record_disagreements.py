"""Write down where a matrix and TensorFlow's registry disagree: `kernels_matrix/disagreements/`.

    .venv/bin/envprobe scan --preset full --no-timing --output MATRIX.json
    .venv/bin/python scripts/record_disagreements.py MATRIX.json

A file for each type of device in the matrix, named after it and the TensorFlow release.
"""

from __future__ import annotations

import sys
from pathlib import Path

from envprobe.matrix.atomic import write_atomically
from envprobe.matrix.known_disagreements import (
    disagreements_of,
    encode_disagreements,
    file_name,
)
from envprobe.matrix.store import read_matrix

FOLDER = Path(__file__).resolve().parent.parent / "kernels_matrix" / "disagreements"


def main() -> None:
    """Write the files and say where."""
    matrix = read_matrix(Path(sys.argv[1]))
    first_of_type = {device.device_type: device.name for device in reversed(matrix.devices)}
    for device in first_of_type.values():
        found = disagreements_of(matrix, device)
        path = FOLDER / file_name(found.tensorflow, found.device_type)
        write_atomically(path, encode_disagreements(found))
        print(f"{path.name}: {len(found.rows)} rows")


if __name__ == "__main__":
    main()
