"""`./scripts/scan` on machines that lack something: real shells, real pips, fake PATHs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
# Everything that the scripts may call; a PATH with these and no Python is a machine without one.
TOOLS = [
    *("awk", "cat", "cksum", "df", "dirname", "env", "grep", "ldconfig", "mkdir", "rm"),
    *("sed", "sh", "tail", "tr", "uname"),
]
PREPARE = '. scripts/prepare.sh; prepare .venv "$MIB" "$VERSIONS" constraints.txt "$@"'

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the scripts are POSIX sh")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/sbin", "/usr/sbin"])
    for name in TOOLS:
        if found := shutil.which(name, path=path):
            (folder / name).symlink_to(found)
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "check out"  # a blank in the path must not matter
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The smallest package that pip installs, so that no network is needed."""
    path = tmp_path / "teapot-1.0-py3-none-any.whl"
    metadata = "teapot-1.0.dist-info/"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("teapot.py", "")
        archive.writestr(
            metadata + "METADATA", "Metadata-Version: 2.1\nName: teapot\nVersion: 1.0\n"
        )
        archive.writestr(
            metadata + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(metadata + "RECORD", "teapot.py,,\n")
    return path


def run(
    checkout: Path, *command: str, path: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": path, "HOME": str(checkout), **(env or {})},
    )


def scan(checkout: Path, path: Path | str, **env: str) -> subprocess.CompletedProcess[str]:
    return run(
        checkout, "/bin/sh", "scripts/scan", path=str(path), env={"ENVPROBE_EXTRA": "cpu", **env}
    )


def prepare(
    checkout: Path, tools: Path, *arguments: str, **env: str
) -> subprocess.CompletedProcess[str]:
    settings = {
        "MIB": "1",
        "VERSIONS": VERSION,
        "ENVPROBE_PYTHON": sys.executable,
        "PIP_CONFIG_FILE": os.devnull,
        **env,
    }
    return run(checkout, "/bin/sh", "-c", PREPARE, "sh", *arguments, path=str(tools), env=settings)


def fake_python(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The message of a failed set-up, after the line that announces it."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("Setting up ")]
    assert len(lines) == 1, done.stderr
    assert done.returncode == 3
    assert done.stdout == ""
    return lines[0]


def test_no_python(checkout: Path, tools: Path) -> None:
    line = one_line(scan(checkout, tools))
    assert line.startswith("envprobe: needs Python 3.13, 3.12, 3.11 or 3.10 on the PATH")
    assert "no python3 that runs" in line


def test_an_old_python_is_named(checkout: Path, tools: Path) -> None:
    fake_python(tools, "python3", 'case "$*" in -V) echo "Python 3.8.1" ;; *) echo 3.8 ;; esac')
    assert "found Python 3.8.1" in one_line(scan(checkout, tools))


def test_no_venv_module(checkout: Path, tools: Path) -> None:
    fake_python(tools, "python3.12", 'case "$*" in *ensurepip*) exit 1 ;; *) echo 3.12 ;; esac')
    line = one_line(scan(checkout, tools))
    assert "apt install python3.12-venv" in line


def test_an_interpreter_that_exists_and_fails_is_passed_over(
    checkout: Path, tools: Path, tmp_path: Path
) -> None:
    # As pyenv's shims do for a version that is installed and not chosen.
    fake_python(tools, f"python{VERSION}", "exit 127")
    later = tmp_path / "later"
    later.mkdir()
    (later / f"python{VERSION}").symlink_to(sys.executable)
    found = run(
        checkout,
        "/bin/sh",
        "-c",
        f". scripts/prepare.sh; find_python {VERSION}",
        path=f"{tools}:{later}",
    )
    assert found.stdout == f"{later / f'python{VERSION}'}\n"


def test_the_named_interpreter_is_the_only_one_asked(checkout: Path, tools: Path) -> None:
    (tools / f"python{VERSION}").symlink_to(sys.executable)
    done = scan(checkout, tools, ENVPROBE_PYTHON="/no/such/python")
    assert "no /no/such/python that runs" in one_line(done)


def test_an_unknown_extra_is_refused(checkout: Path, tools: Path) -> None:
    done = run(checkout, "/bin/sh", "scripts/scan", path=str(tools), env={"ENVPROBE_EXTRA": "rocm"})
    assert "expected cpu, gpu or tensorflow" in one_line(done)


def test_no_network(checkout: Path, tools: Path) -> None:
    # Port 9 of this machine refuses: as near to an unplugged cable as a test comes.
    done = prepare(checkout, tools, "teapot", PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert "no network: pip cannot reach its package index" in one_line(done)
    assert (checkout / ".venv" / "install.log").stat().st_size > 0


def test_an_index_without_packages(checkout: Path, tools: Path) -> None:
    line = one_line(prepare(checkout, tools, "teapot", PIP_NO_INDEX="1"))
    assert "no network" in line
    assert "No matching distribution found for teapot" in line


def test_other_failures_show_the_last_error_of_pip(checkout: Path, tools: Path) -> None:
    line = one_line(prepare(checkout, tools, "./no-such-folder"))
    assert "installing the packages failed: ERROR" in line
    assert "install.log" in line


def test_too_little_space_is_told_before_anything_is_made(checkout: Path, tools: Path) -> None:
    line = one_line(prepare(checkout, tools, "teapot", MIB="999999999"))
    assert "no disk space" in line
    assert not (checkout / ".venv").exists()


@pytest.fixture
def tiny_disk(checkout: Path) -> Iterator[Path]:
    folder = checkout.parent / "tiny"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("a small disk can only be mounted by root")
    try:
        shutil.copytree(checkout, folder / "checkout")
        yield folder / "checkout"
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_on_the_way(tiny_disk: Path, tools: Path) -> None:
    assert "no disk space" in one_line(prepare(tiny_disk, tools, "teapot"))


def test_a_foreign_virtual_environment_is_left_alone(checkout: Path, tools: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "mine").touch()
    assert "was not made by this script" in one_line(prepare(checkout, tools, "teapot"))
    assert (checkout / ".venv" / "mine").exists()


def test_two_at_once_do_not_mix(checkout: Path, tools: Path) -> None:
    (checkout / ".venv.lock").mkdir()
    (checkout / ".venv.lock" / "pid").write_text(f"{os.getpid()}\n")
    assert f"process {os.getpid()} is setting up" in one_line(prepare(checkout, tools, "teapot"))


def test_made_once_and_again_only_when_something_changed(
    checkout: Path, tools: Path, wheel: Path
) -> None:
    arguments = ("--no-index", str(wheel))
    first = prepare(checkout, tools, *arguments)
    assert first.returncode == 0, first.stderr
    assert first.stderr.startswith("Setting up ")
    assert not (checkout / ".venv.lock").exists()

    begin = time.monotonic()
    second = prepare(checkout, tools, *arguments)
    assert (second.returncode, second.stderr) == (0, "")
    assert time.monotonic() - begin < 5  # a second on a free machine; nothing is installed

    (checkout / ".venv" / ".stamp").unlink()  # as an interruption leaves it
    shutil.rmtree(checkout / ".venv" / "bin")
    (checkout / ".venv.lock").mkdir()
    (checkout / ".venv.lock" / "pid").write_text("999999999\n")
    repaired = prepare(checkout, tools, *arguments)
    assert repaired.returncode == 0, repaired.stderr
    assert prepare(checkout, tools, *arguments).stderr == ""

    unnamed = prepare(checkout, tools, *arguments, ENVPROBE_PYTHON="")
    assert (unnamed.returncode, unnamed.stderr) == (0, "")  # it is made, by whatever Python

    with (checkout / "constraints.txt").open("a") as file:
        file.write("# changed\n")
    assert prepare(checkout, tools, *arguments).stderr.startswith("Setting up ")


def test_another_interpreter_that_is_named_is_used(
    checkout: Path, tools: Path, wheel: Path
) -> None:
    arguments = ("--no-index", str(wheel))
    assert prepare(checkout, tools, *arguments).returncode == 0
    other = tools / "other-python"
    other.symlink_to(sys.executable)
    again = prepare(checkout, tools, *arguments, ENVPROBE_PYTHON=str(other))
    assert again.stderr.startswith("Setting up "), again.stderr


def test_an_interruption_leaves_no_lock_and_no_stamp(checkout: Path, tools: Path) -> None:
    process = subprocess.Popen(
        ["/bin/sh", "-c", PREPARE, "sh", "--no-index", "teapot"],
        cwd=checkout,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={
            "PATH": str(tools),
            "MIB": "1",
            "VERSIONS": VERSION,
            "ENVPROBE_PYTHON": sys.executable,
        },
    )
    deadline = time.monotonic() + 60
    while not (checkout / ".venv" / "pyvenv.cfg").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=60) != 0
    assert not (checkout / ".venv.lock").exists()
    assert not (checkout / ".venv" / ".stamp").exists()


@pytest.mark.parametrize("name", ["scripts/scan", "scripts/test", ".ci/run"])
def test_the_scripts_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    subprocess.run(["bash", "-n", str(ROOT / name)], check=True)


def test_pins_hold_for_every_python_and_name_no_index() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert not [line for line in lines if "==" not in line or "://" in line or line.startswith("-")]
    assert "tensorflow-cpu==2.21.0" in lines
    assert "tensorflow==2.21.0" in lines
