"""Write `kernels_matrix/schema/<kind>.json` from the structs. Run after changing one."""

from __future__ import annotations

import json
from pathlib import Path

from envprobe.report.schema import schemas

FOLDER = Path(__file__).resolve().parent.parent / "kernels_matrix" / "schema"


def main() -> None:
    """Write every schema and say where."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind, schema in schemas().items():
        path = FOLDER / f"{kind}.json"
        path.write_text(json.dumps(schema, indent=2, sort_keys=True) + "\n")
        print(path)


if __name__ == "__main__":
    main()
