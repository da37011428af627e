"""What the tests of `envprobe check` share: the process, small op lists, and the schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from envprobe.matrix import Matrix, read_matrix
from envprobe.models.oplist import OpList, Requirement
from envprobe.probe.trace import save_oplist

DATA = Path(str(resources.files("kernels_matrix")))
RECORDED = min((DATA / "recorded").glob("*.json"))
MODELS = Path(__file__).parents[1] / "worker" / "traced_models.py"
Done = subprocess.CompletedProcess[str]
_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def check(
    folder: Path,
    *arguments: str | Path,
    stdout: int = subprocess.PIPE,
    cwd: Path | None = None,
    **env: str,
) -> Done:
    """`envprobe check` in a process of its own, whose home, cache and data are in the folder."""
    own = {
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_DATA_HOME": str(folder / "data"),
        "COLUMNS": "80",
    }
    return subprocess.run(
        [sys.executable, "-m", "envprobe.cli", "check", *map(str, arguments)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=280,
        check=False,
        cwd=cwd,
        env={**os.environ, **own, **env},
    )


def oplist_file(path: Path, *requirements: Requirement, **fields: Any) -> Path:
    """An op list of these requirements, traced with the release that the recorded matrix has."""
    known = {"source": "net.py:build", "source_kind": "python_file", "mode": "train", "batch": 2}
    known["tensorflow"] = recorded().environment.tensorflow
    save_oplist(path, OpList(**{**known, "requirements": requirements, **fields}))
    return path


def recorded() -> Matrix:
    """The recorded matrix of a CPU."""
    return read_matrix(RECORDED)


def renamed(matrix: Matrix, host: str) -> Matrix:
    """The matrix as another machine's."""
    scan = msgspec.structs.replace(matrix.scan, host=host)
    return msgspec.structs.replace(matrix, scan=scan)


def document(done: Done) -> dict[str, Any]:
    """The one JSON document on stdout, which the shipped schema has to allow."""
    found = json.loads(done.stdout)
    schema = json.loads((DATA / "schema" / "check.json").read_text(encoding="utf-8"))
    _require_fit(found, schema, schema["$defs"], "check")
    assert isinstance(found, dict)
    return found


def _require_fit(value: Any, schema: dict[str, Any], kinds: dict[str, Any], where: str) -> None:
    """As much of JSON Schema as the shipped ones use; no field may be one that it does not name."""
    if "$ref" in schema:
        schema = kinds[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        _require_one(value, schema["anyOf"], kinds, where)
        return
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r}"
        return
    kind = _TYPES[schema["type"]]
    assert isinstance(value, kind), f"{where}: {value!r} is no {schema['type']}"
    for at, item in enumerate(value if isinstance(value, list) else ()):
        _require_fit(item, schema["items"], kinds, f"{where}[{at}]")
    if isinstance(value, dict):
        assert set(schema["required"]) <= set(value) <= set(schema["properties"]), where
        for name, item in value.items():
            _require_fit(item, schema["properties"][name], kinds, f"{where}.{name}")


def _require_one(value: Any, choices: list[Any], kinds: dict[str, Any], where: str) -> None:
    faults = [_fault(value, schema, kinds, where) for schema in choices]
    assert None in faults, "; ".join(filter(None, faults))


def _fault(value: Any, schema: dict[str, Any], kinds: dict[str, Any], where: str) -> str | None:
    try:
        _require_fit(value, schema, kinds, where)
    except AssertionError as fault:
        return str(fault)
    return None
