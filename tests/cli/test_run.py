"""`envprobe run` with pipes and files: the command must not notice it."""

from __future__ import annotations

import json
import os
import resource
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running.commands import RUN, SECONDS, python, run

DESCRIBE = (
    "import os, sys, json, signal;"
    "print(json.dumps([sys.argv, os.getcwd(), sorted(os.environ.items()),"
    " signal.getsignal(signal.SIGPIPE) != signal.SIG_DFL, os.getpgrp(), os.getsid(0),"
    " sorted(map(str, signal.pthread_sigmask(signal.SIG_BLOCK, [])))]))"
)


def described(argv: list[str], **more: object) -> list[object]:
    done = subprocess.run(argv, capture_output=True, timeout=SECONDS, check=True, **more)  # type: ignore[call-overload]
    told: list[object] = json.loads(done.stdout)
    return told


def test_arguments_folder_environment_and_session_are_those_of_the_command_alone(
    tmp_path: Path,
) -> None:
    command = [*python(DESCRIBE), "--", "-x", "a b", "", "*.py", "--bundle", "ü"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    alone = described(command, cwd=tmp_path, env=env)
    watched = described([*RUN, "--", *command], cwd=tmp_path, env=env)
    assert watched == alone


def test_standard_input_is_the_commands() -> None:
    done = run(python("import sys; print(sys.stdin.read()[::-1])"), stdin=b"abc")
    assert done.stdout == b"cba\n"


def test_a_descriptor_of_the_shell_reaches_the_command(tmp_path: Path) -> None:
    line = shlex.join([*RUN, "--", "sh", "-c", "echo hi >&7"])
    subprocess.run(["sh", "-c", f"{line} 7>{tmp_path / 'seven'}"], check=True, timeout=SECONDS)
    assert (tmp_path / "seven").read_text() == "hi\n"


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "1>&- 2>&-"])
def test_what_is_closed_stays_closed(closed: str) -> None:
    script = (
        "import os, sys\n"
        "def is_open(n):\n"
        "    try: os.fstat(n)\n"
        "    except OSError: return False\n"
        "    return True\n"
        "sys.exit(10 + sum(2**n for n in range(3) if is_open(n)))"
    )

    def code(front: list[str]) -> int:
        argv = [*front, *python(script)]
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {closed}', "sh", *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        ).returncode

    assert code([*RUN, "--"]) == code([])


@pytest.mark.parametrize("code", [0, 1, 3, 124, 255])
def test_the_exit_code_is_the_commands(code: int) -> None:
    assert run(python(f"raise SystemExit({code})")).returncode == code


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGABRT])
def test_a_signal_becomes_the_code_of_shells(number: int) -> None:
    script = (
        "import os, resource as r; r.setrlimit(r.RLIMIT_CORE, (0, 0)); "
        f"os.kill(os.getpid(), {int(number)})"
    )
    done = run(python(script))
    assert done.returncode == 128 + number
    assert b"ended by the signal" in done.stderr
    assert done.stdout == b""


@pytest.mark.parametrize(
    ("make", "code", "seen"),
    [
        (lambda _: "no-such-program-anywhere", 127, "command not found"),
        (lambda _: "/nowhere/at/all", 127, "command not found"),
        (str, 126, "cannot be executed"),
        (lambda folder: _file(folder, "text", "hello", 0o644), 126, "cannot be executed"),
        (lambda folder: _file(folder, "plain", "echo hi", 0o755), 126, "is no program"),
        (lambda folder: _file(folder, "lost", "#!/no/sh\n", 0o755), 126, "interpreter"),
    ],
)
def test_what_cannot_be_started_is_one_line(
    make: Callable[[Path], str], code: int, seen: str, tmp_path: Path
) -> None:
    done = run([make(tmp_path)], "--bundle", str(tmp_path / "bundle"))
    assert done.returncode == code
    assert seen in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert not list(tmp_path.glob("*bundle*")), "nothing ran, and nothing is left"


def _file(folder: Path, name: str, text: str, mode: int) -> str:
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_without_a_command_it_asks_for_one() -> None:
    done = subprocess.run(RUN, capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 2
    assert b"which command?" in done.stderr


def test_memory_that_a_limit_refuses_is_diagnosed() -> None:
    script = "x = [bytearray(200_000_000) for _ in range(50)]"

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))

    done = run(python(script), preexec_fn=limited)
    assert done.returncode == 1
    told = done.stderr.decode()
    assert "MemoryError" in told
    assert "oom-host" in told


def test_the_document_of_a_failed_run(tmp_path: Path) -> None:
    script = "import time; x = bytearray(150_000_000); time.sleep(1.3); raise SystemExit(3)"
    done = run(python(script), "--json", str(tmp_path / "run.json"))
    assert done.returncode == 3
    told = json.loads((tmp_path / "run.json").read_bytes())
    assert (told["kind"], told["exit_code"], told["signal"]) == ("run", 3, None)
    assert told["peaks"]["resident_bytes"] > 150_000_000
    assert 1.2 < told["duration_seconds"] < 10
    assert len(told["samples"]["samples"]) >= 2
    assert told["diagnosis"]["cause"] == "unknown"
    assert "host" in done.stderr.decode()


def test_a_file_that_cannot_be_written_is_told_before_the_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    command = ["touch", str(marker)]
    for options in (
        ("--json", str(tmp_path / "no" / "x.json")),
        ("--html", str(tmp_path)),
        ("--bundle", str(_occupied(tmp_path))),
        ("--bundle", _file(tmp_path, "file", "", 0o644)),
    ):
        done = run(command, *options)
        assert done.returncode == 2, options
        assert done.stderr.count(b"\n") == 1
    assert not marker.exists()


def _occupied(folder: Path) -> Path:
    (folder / "occupied").mkdir(exist_ok=True)
    (folder / "occupied" / "x").touch()
    return folder / "occupied"


def test_killing_the_watching_process_changes_nothing() -> None:
    script = (
        "import os, subprocess, sys, time\n"
        "time.sleep(0.8)\n"
        "import psutil\n"
        "pid = next(p.pid for p in psutil.Process(os.getppid()).children()"
        " if 'running.watcher' in str(p.cmdline()))\n"
        "os.kill(pid, 9); time.sleep(0.5); print('done'); sys.exit(5)"
    )
    done = run(python(script))
    assert done.stdout == b"done\n"
    assert done.returncode == 5


def test_as_a_library_it_answers_with_the_result() -> None:
    script = (
        "from envprobe.running.run_command import run_command\n"
        f"done = run_command([{sys.executable!r}, '-c', 'raise SystemExit(7)'])\n"
        "print(done.exit_code, done.diagnosis.cause.value)\n"
        "import threading\n"
        "elsewhere = threading.Thread(target=lambda: print(run_command(['true']).exit_code))\n"
        "elsewhere.start(); elsewhere.join()"
    )
    done = subprocess.run(python(script), capture_output=True, timeout=SECONDS, check=True)
    assert done.stdout.split() == [b"7", b"unknown", b"0"]
