"""How long doctor takes, beside TensorFlow's own import and device initialisation.

Usage: bench_doctor.py [RUNS]; prints medians in seconds and what the project allows. Ends with 1
when one of them is over.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

NO_TENSORFLOW_SECONDS = 0.5
ADDED_SECONDS = 0.5
DOCTOR = (sys.executable, "-m", "envprobe.cli", "doctor")
PLAIN = "import tensorflow as tf; tf.config.list_logical_devices()"


def seconds(command: Sequence[str]) -> float:
    """Wall seconds of one run; doctor's code 1 (an error was found) is a run like any other."""
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    took = time.perf_counter() - begin
    if done.returncode not in (0, 1):
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-300:]!r}"
        )
    return took


def measure(runs: int) -> dict[str, list[float]]:
    """Seconds of each kind, in turns, so that other load meets all of them alike."""
    commands = {
        "plain": (sys.executable, "-c", PLAIN),
        "doctor": DOCTOR,
        "no_tensorflow": (*DOCTOR, "--no-tensorflow"),
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for command in commands.values():
        seconds(command)  # from the disk into memory
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(seconds(command))
    return taken


def main() -> int:
    """Measure and print the table."""
    taken = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
    plain, doctor, short = (
        statistics.median(taken[name]) for name in ("plain", "doctor", "no_tensorflow")
    )
    added = statistics.median(
        whole - alone for whole, alone in zip(taken["doctor"], taken["plain"], strict=True)
    )
    rows = (
        ("doctor --no-tensorflow", short, NO_TENSORFLOW_SECONDS),
        ("TensorFlow's import and devices", plain, None),
        ("doctor", doctor, None),
        ("doctor, beyond TensorFlow's own", added, ADDED_SECONDS),
    )
    print(f"{'median of ' + str(len(taken['plain'])) + ' runs':34} {'seconds':>8} {'allowed':>8}")
    for name, value, allowed in rows:
        print(f"{name:34} {value:8.3f} {'' if allowed is None else f'{allowed:8.2f}'}")
    return int(any(allowed is not None and value > allowed for _, value, allowed in rows))


if __name__ == "__main__":
    sys.exit(main())
