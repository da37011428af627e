"""How large the files of the registrations are, and how fast they are read.

    .venv/bin/python scripts/bench_registrations.py

Prints a line for each release: its size, and the median and the slowest of several loads, each of
a file that the system has in memory. The last line is the wall time of `envprobe ops`.
"""

from __future__ import annotations

import functools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from envprobe.registrations import known_releases
from envprobe.registrations.store import decode_registrations, registrations_folder

LOADS = 15
COMMANDS = 5
MOST_BYTES = 3_000_000  # of all files together
MOST_LOAD_SECONDS = 0.060
MOST_COMMAND_SECONDS = 0.3
ASK = ("ops", "Conv3D", "--tensorflow", "2.15.1")


def main() -> None:
    """Print the table."""
    print(f"{'release':10}{'bytes':>10}{'median load':>14}{'slowest':>10}")
    total = 0
    for release in known_releases():
        file = registrations_folder() / f"tensorflow-{release}.json.gz"
        data = file.read_bytes()
        total += len(data)
        seconds = measured(LOADS, functools.partial(decode_registrations, data, release))
        median, slowest = statistics.median(seconds) * 1e3, max(seconds) * 1e3
        print(f"{release:10}{len(data):10}{median:11.1f} ms{slowest:7.1f} ms")
    print(f"{'together':10}{total:10} bytes of at most {MOST_BYTES}")
    print(f"a load may take {MOST_LOAD_SECONDS * 1e3:.0f} ms")
    print(command_line())


def measured(times: int, call: Callable[[], object]) -> list[float]:
    """The seconds of each call."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        found.append(time.perf_counter() - begin)
    return found


def command_line() -> str:
    """What `envprobe ops` takes from its start to its end, the interpreter's included."""
    command = [str(Path(sys.executable).with_name("envprobe")), *ASK]
    first = subprocess.run(command, capture_output=True, text=True, check=False)
    if first.returncode:
        return f"envprobe {' '.join(ASK)} does not work: {first.stderr.strip()[-300:]}"
    seconds = measured(COMMANDS, lambda: subprocess.run(command, capture_output=True, check=True))
    median = statistics.median(seconds)
    return f"envprobe {' '.join(ASK)}: {median:.2f} s, may take {MOST_COMMAND_SECONDS} s"


if __name__ == "__main__":
    main()
