"""Rules that hold for the whole tree."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "envprobe").rglob("*.py"))
WORKER = [path for path in SOURCES if path.relative_to(ROOT).parts[1] == "worker"]
# For programs that train, which have imported TensorFlow themselves.
KERAS = [path for path in SOURCES if path.relative_to(ROOT).parts[1] == "keras"]
PARENT = [path for path in SOURCES if path not in (*WORKER, *KERAS)]
MOST_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "core"}

IMPORT_ALL = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(",".join(sorted({module.split(".")[0] for module in sys.modules})))
"""


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_the_rooms_import_only_what_lies_below_them() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    if not tool.exists():
        pytest.skip("import-linter is not installed beside this interpreter")
    done = subprocess.run(
        [str(tool), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_of_the_parent_imports_tensorflow(tmp_path: Path) -> None:
    names = [name_of(path) for path in PARENT if path.stem != "__main__"]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_ALL, *names],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        # Nothing of the caller's environment, so that nothing there is needed to import.
        env={"PATH": os.defpath, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1, "an import printed something"
    loaded = set(done.stdout.strip().split(","))
    assert "envprobe" in loaded
    assert not loaded & {"tensorflow", "keras", "numpy"}


def test_importing_writes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    names = [name_of(path) for path in PARENT if path.stem != "__main__"]
    subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *names],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=True,
        env={"PATH": os.defpath, "HOME": str(home), "PYTHONPATH": str(ROOT)},
    )
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("path", WORKER, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_worker_is_in_the_syntax_of_python_3_9(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    assert not [node for node in ast.walk(tree) if type(node).__name__ == "Match"]


@pytest.mark.parametrize("path", WORKER, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_worker_imports_nothing_of_envprobe(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
        assert not [name for name in names if name.split(".")[0] == "envprobe"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_and_its_name_says_what_it_holds(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert path.stem not in FORBIDDEN_NAMES
