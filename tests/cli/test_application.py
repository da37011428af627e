"""The command line as a user meets it: every case is a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from envprobe import __version__
from envprobe.cli import _application
from envprobe.cli._application import command_names
from envprobe.cli._exits import INTERNAL_FAULT, INTERRUPTED, WRONG_USAGE


def envprobe(
    *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "envprobe.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **(env or {})},
    )


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(option: str) -> None:
    done = envprobe(option)
    assert done.returncode == 0
    assert done.stderr == ""
    assert all(f"  {name} " in done.stdout for name in command_names())


def test_version() -> None:
    done = envprobe("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"envprobe {__version__}\n", "")


def test_without_arguments_it_shows_the_help() -> None:
    done = envprobe()
    assert done.returncode == 0
    assert done.stdout == envprobe("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        (["--no-such"], "--no-such"),
        (["scam"], "scan"),  # offers the nearest
        (["scan", "--pre"], "--pre"),
        (["scan", "--preset"], "--preset"),
        (["scan", "surplus"], "surplus"),
        (["scan", "--preset", "standart"], "standard"),
        (["scan", "--op", "Conv2E"], "Conv2D"),
        (["scan", "--dtype", "flaot16"], "float16"),
        (["scan", "--mode", "graphh"], "graph"),
    ],
)
def test_wrong_usage_is_one_clear_line(arguments: list[str], seen: str) -> None:
    done = envprobe(*arguments)
    assert done.returncode == WRONG_USAGE
    assert done.stdout == ""
    assert done.stderr.startswith("envprobe: ")
    assert done.stderr.count("\n") == 1
    assert seen in done.stderr


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavier_than_typer(option: str) -> None:
    code = (
        f"import sys; from envprobe.cli._application import run; run(['{option}']);"
        "print(sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    heavy = (
        "pydantic",
        "rich",
        "msgspec",
        "psutil",
        "pynvml",
        "platformdirs",
        "simpleeval",
        "numpy",
        "tensorflow",
    )
    assert [name for name in heavy if f"'{name}'" in done.stderr] == []


def test_a_reader_that_has_gone_is_no_fault() -> None:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; '{sys.executable}' -m envprobe.cli --help | true"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_fault_of_envprobe_is_one_line_and_has_its_own_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A module that shadows one that the scan needs breaks it as a fault of ours would.
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['envprobe.scanning.scan'] = None\n"
    )
    env = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = envprobe("scan", env=env)
    assert done.returncode == INTERNAL_FAULT
    assert done.stderr.count("\n") == 1
    assert "ENVPROBE_DEBUG=1" in done.stderr
    traced = envprobe("scan", env={**env, "ENVPROBE_DEBUG": "1"})
    assert traced.returncode == INTERNAL_FAULT
    assert "Traceback (most recent call last)" in traced.stderr


def test_ctrl_c_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Stopping:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'envprobe.check.check_model':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stopping())\n"
    )
    done = envprobe(
        "check", "net.py:build", env={"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    )
    assert (done.returncode, done.stderr) == (INTERRUPTED, "envprobe: interrupted\n")


def test_every_command_file_holds_one_command_of_its_name_and_is_short() -> None:
    folder = Path(_application.__file__).parent
    for name in command_names():
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        assert f"\ndef {name}(" in text
        assert len(text.splitlines()) <= 60
