"""What `envprobe run` costs: CPU beside a command, and the speed of output that passes through.

    python scripts/bench_run.py [--seconds 20] [--megabytes 1000]

Ends with 1 where watching takes more than 1 % of one core.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

MOST_SHARE = 0.01
START_SECONDS = 2.0
RUN = [sys.executable, "-m", "envprobe.cli", "run"]
THREADS = (
    "import threading\n"
    "for _ in range(200):\n"
    "    threading.Thread(target=time.sleep, args=({0},), daemon=True).start()\n"
)
CHILDREN = "import subprocess\nfor _ in range(16): subprocess.Popen(['sleep', '{0}'])\n"
COMMANDS = {
    "sleeps": "import time\ntime.sleep({0})",
    "works": (
        "import time\nend = time.monotonic() + {0}\nwhile time.monotonic() < end: sum(range(9999))"
    ),
    "prints a bar 20 times a second": (
        "import sys, time\nend = time.monotonic() + {0}\n"
        "while time.monotonic() < end: sys.stderr.write('\\r12/900 [=>...] loss: 0.1'); "
        "sys.stderr.flush(); time.sleep(0.05)"
    ),
    "has 200 threads and 16 processes": f"import time\n{THREADS}{CHILDREN}time.sleep({{0}})",
}


def main() -> int:
    """Print both, and tell whether the CPU's share is kept."""
    arguments = _arguments()
    print(f"CPU of envprobe and its watching process, of one core, over {arguments.seconds} s")
    worst = 0.0
    for name, script in COMMANDS.items():
        steady, start = measured([sys.executable, "-c", script.format(arguments.seconds)])
        worst = max(worst, steady)
        print(f"  {name:36} {steady:7.2%}   and {start:.2f} s for the start")
    print(f"output of {arguments.megabytes} MB, to a file")
    for name, front in (("alone", []), ("through envprobe run", [*RUN, "--"])):
        print(f"  {name:36} {throughput(front, arguments.megabytes):7.0f} MB/s")
    return int(worst > MOST_SHARE)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--megabytes", type=int, default=1000)
    return parser.parse_args()


def measured(command: Sequence[str]) -> tuple[float, float]:
    """(share of a core once it runs, CPU seconds of the start) of everything that is envprobe's."""
    process = subprocess.Popen([*RUN, "--", *command], stderr=subprocess.DEVNULL)
    time.sleep(START_SECONDS)
    own = psutil.Process(process.pid)
    watching = [p for p in own.children() if "running.watcher" in " ".join(p.cmdline())]
    start, began = _used([own, *watching]), time.monotonic()
    used = start
    while process.poll() is None:
        used = max(used, _used([own, *watching]))
        ended = time.monotonic()
        time.sleep(0.5)
    return (used - start) / (ended - began), start


def _used(processes: Sequence[psutil.Process]) -> float:
    found = 0.0
    for process in processes:
        try:
            told = process.cpu_times()
        except psutil.Error:
            return 0.0
        found += told.user + told.system
    return found


def throughput(front: Sequence[str], megabytes: int) -> float:
    """Megabytes a second, of a command that writes as fast as it can."""
    command = [*front, "head", "-c", f"{megabytes}M", "/dev/zero"]
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "out").open("wb") as file:
        began = time.monotonic()
        subprocess.run(command, stdout=file, check=True)
        return megabytes / (time.monotonic() - began)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
