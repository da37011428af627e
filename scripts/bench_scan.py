"""What a scan costs and how far its timings can be trusted; prints one table.

Run it with the interpreter of the virtual environment that `./scripts/scan` makes:

    .venv/bin/python scripts/bench_scan.py [--repeat 3] [start-up presets isolation plain agreement]

Machines are noisy: quote medians, and ratios of things measured in the same run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.matrix import Matrix
from envprobe.matrix.store import read_matrix
from envprobe.ops.catalog import load_catalog
from envprobe.probe.plan import plan, question
from envprobe.probe.selection import Selection
from envprobe.terms import Status

HERE = Path(__file__).resolve().parent
SCAN = """
import json, resource, sys
from pathlib import Path
from envprobe import scan
options = json.loads(sys.argv[1])
result = scan(output=Path(options.pop("output")), **options)
rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
json.dump({"parent_bytes": rss}, sys.stdout)
"""
AGREEMENT = 0.10
Row = tuple[str, str, str, bool]


def main() -> None:
    """Measure everything that the numbers of a scan are judged by."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs of what is quoted as a median")
    parser.add_argument("parts", nargs="*", help="of: " + ", ".join(PARTS))
    chosen = parser.parse_args()
    table = Table("what", "measured", "demanded", "held", title="envprobe scan")
    with tempfile.TemporaryDirectory() as folder:
        for part in chosen.parts or PARTS:
            for what, measured, demanded, held in PARTS[part](Path(folder), chosen.repeat):
                table.add_row(what, measured, demanded, "yes" if held else "NO")
                print(f"{what}: {measured} ({demanded})", file=sys.stderr)
    Console(width=120).print(table)


def start_up(_folder: Path, _repeat: int) -> Iterator[Row]:
    """`--help` and `--version`, as whole processes."""
    command = str(Path(sys.executable).with_name("envprobe"))
    for option in ("--help", "--version"):
        seconds = statistics.median(wall([command, option]) for _ in range(15))
        yield f"envprobe {option}", f"{seconds * 1e3:.0f} ms", "at most 150 ms", seconds <= 0.150


def presets(folder: Path, repeat: int) -> Iterator[Row]:
    """The wall time of the presets, the parent's memory, and what isolation costs."""
    for preset, limit in (("quick", 20.0), ("standard", 90.0)):
        runs = [scan(folder / f"{preset}-{n}.json", preset=preset) for n in range(repeat)]
        seconds = statistics.median(run["seconds"] for run in runs)
        cells = len(read_matrix(folder / f"{preset}-0.json").cells)
        held = seconds <= limit and (preset == "quick" or cells >= 1500)
        yield (
            f"{preset}: wall time, {cells} cells",
            f"{seconds:.1f} s",
            f"at most {limit:.0f} s" + ("" if preset == "quick" else ", at least 1,500 cells"),
            held,
        )
    parent = max(run["parent_bytes"] for run in runs)
    yield "parent's peak memory", f"{parent / 1e6:.0f} MB", "under 100 MB", parent < 100e6


def isolation(folder: Path, repeat: int) -> Iterator[Row]:
    """A whole scan with one worker beside the same cells in one bare loop, in turn."""
    ratios, scans, loops = [], [], []
    for number in range(repeat):
        path = folder / f"single-{number}.json"
        scans.append(scan(path, preset="standard", workers=1)["seconds"])
        loops.append(bare_loop(read_matrix(path)))
        ratios.append(scans[-1] / loops[-1])
    overhead = statistics.median(ratios) - 1
    yield (
        f"scan with one worker {statistics.median(scans):.1f} s, "
        f"bare loop {statistics.median(loops):.1f} s: overhead",
        f"{overhead:+.1%}",
        "at most 15 %",
        overhead <= 0.15,
    )


def against_plain(folder: Path, repeat: int) -> Iterator[Row]:
    """Medians of scans that are narrowed to these ops, each beside the plain loops around it."""
    plains = [plain()]
    ratios: dict[str, list[float]] = {op: [] for op in plains[0]}
    for number in range(repeat):
        path = folder / f"plain-{number}.json"
        scan(path, ops=list(ratios), dtypes=["float32"], modes=["graph"])
        plains.append(plain())
        for cell in filter(_is_first_variant, read_matrix(path).cells):
            around = statistics.mean(measured[cell.op] for measured in plains[-2:])
            ratios[cell.op].append((cell.seconds_median or 0.0) / around)
    for op, seen in ratios.items():
        ratio = statistics.median(seen)
        alone = [measured[op] * 1e3 for measured in plains]
        yield (
            f"{op}: scan / plain, which itself took {min(alone):.2f} to {max(alone):.2f} ms",
            f"{ratio:.3f}",
            "0.90 to 1.10",
            0.9 <= ratio <= 1.1,
        )


def _is_first_variant(cell: Cell) -> bool:
    return (
        cell.direction == "forward"
        and cell.variant in ("default", "nhwc")
        and cell.seconds_median is not None
    )


def agreement(folder: Path, _repeat: int) -> Iterator[Row]:
    """How many steady timings two scans in a row agree on, and whether any status differs."""
    paths = [folder / f"agreement-{number}.json" for number in (0, 1)]
    for path in paths:
        scan(path, preset="standard")
    first, second = map(read_matrix, paths)
    one, other = _by_key(first), _by_key(second)
    steady = [
        abs(a.seconds_median / b.seconds_median - 1) <= AGREEMENT
        for key, a in one.items()
        if (b := other[key]).seconds_median and a.seconds_median
        if not a.unstable and not b.unstable
    ]
    timed = sum(cell.seconds_median is not None for cell in first.cells)
    share = sum(steady) / len(steady) if steady else 0.0
    yield (
        f"two scans: {len(steady)} of {timed} timed cells steady in both, within 10 %",
        f"{share:.1%}",
        "at least 95 %",
        share >= 0.95,
    )
    differing = [key for key, cell in one.items() if cell.status is not other[key].status]
    supported = sum(cell.status is Status.SUPPORTED for cell in first.cells)
    yield (
        f"two scans: statuses that differ ({supported} of {len(one)} supported)",
        str(len(differing)) + (f": {differing[:3]}" if differing else ""),
        "none",
        not differing,
    )


def _by_key(matrix: Matrix) -> dict[CellKey, Cell]:
    return {cell.key: cell for cell in matrix.cells}


def scan(output: Path, **options: Any) -> dict[str, float]:
    """One scan in a process of its own: its wall seconds and the parent's peak memory."""
    begin = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-c", SCAN, json.dumps({"output": str(output), **options})],
        check=True,
        capture_output=True,
    )
    seconds = time.perf_counter() - begin
    return {"seconds": seconds, **json.loads(told.stdout)}


def bare_loop(matrix: Matrix) -> float:
    """Wall seconds of the matrix' cells in one bare loop."""
    device = matrix.devices[0]
    probes = plan(load_catalog(), Selection(preset=matrix.scan.preset), device)
    timed = {cell.key for cell in matrix.cells if cell.seconds_median is not None}
    asked = {
        "support": [question(probe, device, device.name, timed=False) for probe in probes],
        "timing": [
            question(probe, device, device.name, timed=True)
            for probe in probes
            if probe.key in timed
        ],
    }
    return wall([sys.executable, str(HERE / "bench_bare_loop.py")], json.dumps(asked))


def plain() -> dict[str, float]:
    """Op -> median seconds in a plain loop."""
    told = subprocess.run(
        [sys.executable, str(HERE / "bench_plain.py")], check=True, capture_output=True
    )
    found: dict[str, float] = json.loads(told.stdout)
    return found


def wall(command: list[str], given: str | None = None) -> float:
    """Wall seconds of a whole process."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, input=given, text=True)
    return time.perf_counter() - begin


PARTS = {
    "start-up": start_up,
    "presets": presets,
    "isolation": isolation,
    "plain": against_plain,
    "agreement": agreement,
}

if __name__ == "__main__":
    main()
