from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import sys, typer
import envprobe.cli._application as application
from envprobe.cli._streams import say, write_stdout
def _invoke(arguments):
    write_stdout(b"x" * 300000)
    return 1
application._invoke = _invoke
sys.exit(application.run([]))
"""


RUN_RICH = RUN.replace(
    'write_stdout(b"x" * 300000)',
    """from rich.console import Console
    from envprobe.cli._streams import writing_stdout
    with writing_stdout():
        for _ in range(10000):
            Console(highlight=False).print("x" * 70)""",
)


def shell(command: str, script: str = RUN) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}", "bash", sys.executable, script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_reader_that_goes_leaves_the_exit_code_of_the_result() -> None:
    done = shell('"$1" -c "$2" | head -c 5')
    assert (done.returncode, done.stdout, done.stderr) == (1, "xxxxx", "")


def test_rich_does_not_end_the_program_with_a_code_of_its_own() -> None:
    done = shell('"$1" -c "$2" | head -c 5', RUN_RICH)
    assert (done.returncode, done.stdout, done.stderr) == (1, "xxxxx", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line() -> None:
    done = shell('"$1" -c "$2" >/dev/full')
    assert done.returncode == 2
    assert done.stderr == "envprobe: cannot write to standard output: No space left on device\n"


def test_closed_streams_are_no_fault() -> None:
    done = shell('"$1" -c "$2" >&-')
    assert (done.returncode, done.stderr) == (1, "")
    assert shell('"$1" -m envprobe.cli scan --preset nope 2>&-').returncode == 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_message_survives_any_encoding(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from envprobe.cli._streams import say; say('µ … 漢')"],
        capture_output=True,
        timeout=60,
        check=True,
        env={"PYTHONIOENCODING": f"{encoding}:strict", "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stderr.startswith(b"envprobe: ")
    assert done.stderr.endswith(b"\n")
