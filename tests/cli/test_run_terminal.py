"""`envprobe run` in a terminal: keys, job control, window size, and signals from elsewhere."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.running.commands import RUN, SECONDS, python, terminal

# Tells each signal that it gets, and ends with 9 when it is told to.
LISTENS = """
import os, signal, sys, time
def told(number, frame):
    print('got', signal.Signals(number).name, flush=True)
for name in ('SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'):
    signal.signal(getattr(signal, name), told)
print('ready', flush=True)
end = time.monotonic() + 30
while time.monotonic() < end and not os.path.exists(sys.argv[1]):
    time.sleep(0.05)
print('bye', flush=True)
sys.exit(9)
"""
READY = 0.8  # until the watching process sees signals


def listener(folder: Path) -> list[str]:
    return [*RUN, "--", *python(LISTENS), str(folder / "end")]


def test_the_command_sees_a_terminal_of_the_same_size() -> None:
    script = (
        "import os, sys; print([os.isatty(n) for n in range(3)], "
        "[tuple(os.get_terminal_size(n)) for n in range(3)])"
    )
    with terminal([*RUN, "--", *python(script)], rows=33, columns=111) as opened:
        assert opened.wait() == 0
    told = opened.output.decode()
    assert "[True, True, True] [(111, 33), (111, 33), (111, 33)]\r\n" in told


def test_only_what_is_a_terminal_becomes_one(tmp_path: Path) -> None:
    script = "import os, sys; print([os.isatty(n) for n in range(3)])"
    line = shlex.join([*RUN, "--", *python(script)])
    out = tmp_path / "out"
    with terminal(["sh", "-c", f'{line} >"{out}"']) as opened:
        assert opened.wait() == 0
    assert out.read_text() == "[True, False, True]\n"


def test_bytes_for_the_terminal_are_those_of_the_command_alone() -> None:
    script = "import sys; sys.stdout.write('a\\n\\rb\\tc\\x1b[1mü\\n'); sys.stdout.flush()"
    with terminal(python(script)) as alone:
        alone.wait()
    with terminal([*RUN, "--", *python(script)]) as watched:
        watched.wait()
    assert watched.output.startswith(alone.output)
    assert watched.output[len(alone.output) :].startswith(b"envprobe: "), "one line behind it"
    assert watched.output[len(alone.output) :].count(b"\n") == 1


def test_typing_reaches_the_command() -> None:
    script = "name = input('name? '); print(f'hello {name}')"
    with terminal([*RUN, "--", *python(script)]) as opened:
        opened.until(b"name? ")
        opened.press(b"Ada\n")
        assert opened.wait() == 0
    assert b"hello Ada" in opened.output


def test_ctrl_c_reaches_the_command_once_and_it_may_go_on(tmp_path: Path) -> None:
    with terminal(listener(tmp_path)) as opened:
        opened.until(b"ready")
        time.sleep(READY)
        opened.press(b"\x03")
        opened.until(b"got SIGINT")
        time.sleep(0.5)
        opened.press(b"\x03")
        time.sleep(0.5)
        (tmp_path / "end").touch()
        assert opened.wait() == 9
    assert opened.output.count(b"got SIGINT") == 2


def test_a_command_that_ctrl_c_ends_ends_envprobe_likewise() -> None:
    with terminal([*RUN, "--", "sleep", "30"]) as opened:
        time.sleep(1.5)
        opened.press(b"\x03")
        assert opened.wait() == -signal.SIGINT, "so that a shell's loop stops too"
    assert b"Cause" not in opened.output
    assert b"interrupted" in opened.output


def test_a_loop_of_a_shell_stops_at_ctrl_c() -> None:
    line = " ".join([*RUN, "--", "sleep", "30"])
    with terminal(["bash", "-c", f"for i in 1 2 3; do {line}; done; echo went on"]) as opened:
        time.sleep(1.5)
        opened.press(b"\x03")
        opened.wait()
    assert b"went on" not in opened.output


def test_stopping_and_going_on_by_the_shell() -> None:
    line = shlex.join([*RUN, "--", *python(COUNTS)])
    script = f"set -m; {line}; echo stopped $?; sleep 1; fg; echo end $?"
    with terminal(["bash", "-c", script]) as opened:
        opened.until(b"tick")
        time.sleep(READY)
        opened.press(b"\x1a")
        opened.until(b"stopped 1")
        opened.until(b"end 6")
        opened.wait()
    assert b"tick" in opened.output.partition(b"stopped 1")[2], "it went on"


COUNTS = """
import sys, time
for _ in range(30):
    print('tick', flush=True); time.sleep(0.1)
sys.exit(6)
"""


def test_a_new_window_size_is_there_when_the_command_hears_of_it() -> None:
    script = """
import os, signal, time
sizes = []
def told(*_):
    sizes.append(tuple(os.get_terminal_size(1)))
signal.signal(signal.SIGWINCH, told)
print('ready', flush=True)
end = time.monotonic() + 20
while (60, 20) not in sizes and time.monotonic() < end:
    time.sleep(0.05)
print('last', sizes[-1], flush=True)
"""
    with terminal([*RUN, "--", *python(script)]) as opened:
        opened.until(b"ready")
        opened.resize(20, 60)
        assert opened.wait() == 0
    assert b"last (60, 20)" in opened.output


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"])
@pytest.mark.parametrize("whole_group", [False, True], ids=["alone", "group"])
def test_signals_reach_the_command_once(name: str, whole_group: bool, tmp_path: Path) -> None:
    """To envprobe alone, as `kill` sends them; to all processes, as a scheduler does."""
    with subprocess.Popen(
        listener(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(READY)
        number = getattr(signal, name)
        if whole_group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        time.sleep(0.6)
        (tmp_path / "end").touch()
        out, _ = process.communicate(timeout=SECONDS)
    assert out == f"got {name}\nbye\n".encode()
    assert process.returncode == 9


def test_what_is_ignored_stays_ignored() -> None:
    script = "import signal; print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)"
    done = subprocess.run(
        ["nohup", *RUN, "--", *python(script)], capture_output=True, timeout=SECONDS, check=True
    )
    assert done.stdout == b"True\n"


def test_stop_and_continue_reach_the_command() -> None:
    if not _can_be_stopped():
        pytest.skip("this process group has no shell above it: SIGTSTP stops nothing in it")
    script = "import time\nwhile True: print('tick', flush=True); time.sleep(0.1)"
    with subprocess.Popen(
        [*RUN, "--", *python(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=False,
    ) as process:
        assert process.stdout is not None
        child = _child_of(process.pid)
        process.send_signal(signal.SIGTSTP)
        assert _becomes(child, "T"), "the command has stopped"
        process.send_signal(signal.SIGCONT)
        assert _becomes(child, "S"), "and goes on"
        process.terminate()
        process.stdout.read()
    assert process.returncode == 128 + signal.SIGTERM


def _can_be_stopped() -> bool:
    with subprocess.Popen(["sleep", "9"]) as process:
        process.send_signal(signal.SIGTSTP)
        stopped = _becomes(process.pid, "T", looks=20)
        process.kill()
    return stopped


def _child_of(pid: int) -> int:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if b"tick" in Path(f"/proc/{child}/cmdline").read_bytes():
                time.sleep(READY)
                return int(child)
        time.sleep(0.05)
    raise AssertionError("it has not started")


def _becomes(pid: int, state: str, looks: int = 100) -> bool:
    for _ in range(looks):
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == state:
            return True
        time.sleep(0.05)
    return False


if sys.platform == "win32":
    pytest.skip("there are no such terminals", allow_module_level=True)
