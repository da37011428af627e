"""How long a cluster file of many nodes takes to make and to read, and how much memory.

Usage: bench_cluster.py [NODES] [--folder FOLDER]; the matrices are made from a recorded one, 1,500
cells each (every timed cell among them), in 12 profiles. Prints what the project allows, and ends
with 1 when something is over. Ten thousand matrices need 8 GB in the folder.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import resources
from pathlib import Path

import msgspec

from envprobe.matrix import Cell, Matrix, digest, encode_matrix, read_matrix
from envprobe.terms import Status

CELLS = 1500
PROFILES = 12
MERGE_SECONDS = 60.0
READ_SECONDS = 1.0
READ_BYTES = 250e6
READ = """
import resource, sys, time
from pathlib import Path
start = time.perf_counter()
from envprobe.cluster.store import read_cluster
cluster = read_cluster(Path(sys.argv[1]))
seconds = time.perf_counter() - start
print(len(cluster.nodes), len(cluster.profiles), seconds,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a merge took; `most_bytes` is the memory of its largest process."""

    seconds: float
    processor_seconds: float
    most_bytes: float


def main() -> int:
    """Make the matrices, merge them, read the cluster file, print the table."""
    options = argparse.ArgumentParser()
    options.add_argument("nodes", type=int, nargs="?", default=10_000)
    options.add_argument("--folder", type=Path, default=None)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        matrices, output = Path(folder, "matrices"), Path(folder, "cluster.json")
        matrices.mkdir()
        with ProcessPoolExecutor(initializer=os.nice, initargs=(5,)) as pool:
            list(pool.map(partial(write_node, matrices), range(chosen.nodes), chunksize=100))
        merged = measure([sys.executable, "-m", "envprobe.cli", "merge", matrices, "-o", output])
        print(f"{'cluster file':34} {output.stat().st_size / 1e6:8.1f} MB")
        return int(show(merged, read(output), chosen.nodes))


def measure(command: list[str | Path]) -> Taken:
    """What the command takes; its own reading processes are in it, other children are not."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the merge ended with wait status {status}")
    return Taken(
        seconds=time.perf_counter() - start,
        processor_seconds=used.ru_utime + used.ru_stime,
        most_bytes=used.ru_maxrss * 1024.0,
    )


def read(path: Path) -> tuple[float, float]:
    """Seconds and memory of a fresh process that reads the cluster file, its start included."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", READ, path], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - start
    nodes, profiles, inside, most_bytes = done.stdout.split()
    print(f"read {nodes} nodes in {profiles} profiles; {float(inside):.3f} s without the start")
    return seconds, float(most_bytes)


def show(merged: Taken, read_back: tuple[float, float], nodes: int) -> bool:
    """The table; True when something is over what is allowed."""
    allowed_seconds = MERGE_SECONDS * max(nodes, 500) / 10_000
    rows = (
        (f"merge {nodes} matrices, s", merged.seconds, allowed_seconds),
        ("processor time of it all, s", merged.processor_seconds, None),
        ("its largest process, MB", merged.most_bytes / 1e6, None),
        ("read the cluster file, s", read_back[0], READ_SECONDS),
        ("its memory, MB", read_back[1] / 1e6, READ_BYTES / 1e6),
    )
    for name, value, allowed in rows:
        print(f"{name:34} {value:8.2f} {'' if allowed is None else f'{allowed:8.2f}'}")
    return any(allowed is not None and value > allowed for _, value, allowed in rows)


def write_node(folder: Path, number: int) -> None:
    """One node's matrix; its numbers are those of the recorded one with some noise."""
    chance = random.Random(number)  # noqa: S311  no secret
    recorded = recorded_matrix()
    environment = msgspec.structs.replace(
        recorded.environment, driver=f"5{number % PROFILES:02d}.0.0", cuda="12.5"
    )
    slow = 1.4 if number % 1000 == 7 else 1.0
    odd = number % 1500 == 3
    cells = tuple(
        noisy(cell, chance, slow, odd and at % 50 == 0) for at, cell in enumerate(recorded.cells)
    )
    scan = msgspec.structs.replace(recorded.scan, host=f"node{number + 1:05d}")
    matrix = msgspec.structs.replace(
        recorded,
        environment=environment,
        environment_digest=digest(environment),
        cells=cells,
        scan=scan,
    )
    Path(folder, f"{scan.host}.json").write_bytes(encode_matrix(matrix))


def noisy(cell: Cell, chance: random.Random, slow: float, fails: bool) -> Cell:
    """The cell as another node might have measured it."""
    if fails and cell.status is Status.SUPPORTED:
        return msgspec.structs.replace(cell, status=Status.FAILED, reason="bench: this node fails")
    if cell.seconds_median is None:
        return cell
    factor = slow * chance.gauss(1.0, 0.02)
    return msgspec.structs.replace(cell, seconds_median=cell.seconds_median * factor)


_RECORDED: list[Matrix] = []


def recorded_matrix() -> Matrix:
    """The recorded matrix, cut to 1,500 cells; read once a process."""
    if not _RECORDED:
        folder = Path(str(resources.files("kernels_matrix"))) / "recorded"
        matrix = read_matrix(min(folder.glob("*.json")))
        ordered = sorted(matrix.cells, key=lambda cell: cell.seconds_median is None)
        _RECORDED.append(msgspec.structs.replace(matrix, cells=tuple(ordered[:CELLS])))
    return _RECORDED[0]


if __name__ == "__main__":
    sys.exit(main())
