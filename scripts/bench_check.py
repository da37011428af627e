"""What a check costs, and how often it is right; prints one table.

Run it with an interpreter that has envprobe, and for `trace` and `agreement` TensorFlow and Keras:

    .venv/bin/python scripts/bench_check.py [--repeat 5] [cluster trace agreement dry-run]

`cluster` makes matrices of many nodes in 12 profiles (8 GB for 10,000 of them) and merges them;
`--cluster FILE` takes a cluster file that is there. `agreement` and `dry-run` check the cases of a
folder (`--cases`, see check_agreement.py) against this machine, or against `--matrix FILE`.
Machines are noisy: quote medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bench_cluster import write_node  # type: ignore[import-not-found]  # beside this script
from check_agreement import (  # type: ignore[import-not-found]
    Agreement,
    agreement,
    read_cases,
    score,
    wrong,
)
from rich.console import Console
from rich.table import Table

CASES = Path(__file__).parent.parent / "tests" / "check" / "cases"
CHECK_SECONDS, CHECK_BYTES = 1.0, 250e6
TRACE_RATIO, CACHED_SECONDS = 1.3, 0.5
LEAST_RIGHT, LEAST_CAUSE = 0.98, 0.95
KNOWABLE = ("spec", "values", "environment", "entry")
Row = tuple[str, str, str, bool]  # what, measured, demanded, held

SAVE = """
import sys, keras
model = keras.applications.ResNet50(weights=None)
model.compile("adam", "sparse_categorical_crossentropy")
model.save(sys.argv[1])
"""
# What TensorFlow needs by itself: the file loaded, and its training step as one graph.
PLAIN = """
import sys, keras, tensorflow as tf
model = keras.saving.load_model(sys.argv[1])
data = (tf.TensorSpec((8, 224, 224, 3)), tf.TensorSpec((8,), "int32"))
tf.function(model.train_step).get_concrete_function(data)
"""
RESNET = ["--input", "float32[8,224,224,3]", "--target", "int32[8]@0:1000"]


def main() -> int:
    """Measure the parts that are asked for; ends with 1 when something is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="runs of what is quoted as a median")
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--cluster", type=Path, help="a cluster file, instead of making one")
    parser.add_argument("--oplist", help="an op list for it, instead of ResNet50's")
    parser.add_argument("--folder", type=Path, help="where the matrices are made")
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--matrix", type=Path, action="append", default=[])
    parser.add_argument("--probe", action="store_true", help="agreement with --probe")
    parser.add_argument("parts", nargs="*", help="of: " + ", ".join(PARTS))
    chosen = parser.parse_args()
    table = Table("what", "measured", "demanded", "held", title="envprobe check")
    fine = True
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        for part in chosen.parts or PARTS:
            for what, measured, demanded, held in PARTS[part](Path(folder), chosen):
                table.add_row(what, measured, demanded, "yes" if held else "NO")
                print(f"{what}: {measured} ({demanded})", file=sys.stderr)
                fine &= held
    Console(width=120).print(table)
    return 0 if fine else 1


def cluster(folder: Path, chosen: argparse.Namespace) -> Iterator[Row]:
    """`envprobe check OPLIST --matrix CLUSTER` as a user runs it."""
    path = chosen.cluster or made_cluster(folder, chosen.nodes)
    oplist = chosen.oplist or resnet_oplist(folder)
    command = envprobe("check", oplist, "--matrix", str(path), "--json")
    seconds = statistics.median(timed(command)[0] for _ in range(chosen.repeat))
    what = f"an op list against {path.name} of {path.stat().st_size / 1e6:.0f} MB, with start"
    yield what, f"{seconds:.2f} s", f"at most {CHECK_SECONDS:g} s", seconds <= CHECK_SECONDS
    size = memory_of(command)
    limit = f"under {CHECK_BYTES / 1e6:.0f} MB"
    yield "its memory", f"{size / 1e6:.0f} MB", limit, size < CHECK_BYTES


def made_cluster(folder: Path, nodes: int) -> Path:
    """The cluster file of so many nodes, by `envprobe merge`."""
    matrices, output = folder / "matrices", folder / "cluster.json"
    matrices.mkdir()
    with ProcessPoolExecutor(initializer=os.nice, initargs=(5,)) as pool:
        list(pool.map(partial(write_node, matrices), range(nodes), chunksize=100))
    timed(envprobe("merge", str(matrices), "-o", str(output)))
    return output


def resnet_oplist(folder: Path) -> str:
    """ResNet50's op list, traced here."""
    saved, oplist = folder / "resnet50.keras", folder / "resnet50.json"
    timed([sys.executable, "-c", SAVE, str(saved)])
    timed(envprobe("oplist", str(saved), "-o", str(oplist), *RESNET))
    return str(oplist)


def trace(folder: Path, chosen: argparse.Namespace) -> Iterator[Row]:
    """A `.keras` file checked, beside a process in which TensorFlow loads and traces the same."""
    saved = folder / "traced.keras"
    timed([sys.executable, "-c", SAVE, str(saved)])
    command = envprobe("check", str(saved), *RESNET)
    ratios, ours, plain = [], [], []
    for _ in range(chosen.repeat):
        for kept in folder.glob("envprobe/oplists/*"):
            kept.unlink()
        ours.append(timed(command)[0])
        plain.append(timed([sys.executable, "-c", PLAIN, str(saved)])[0])
        ratios.append(ours[-1] / plain[-1])
    ratio = statistics.median(ratios)
    told = f"{ratio:.2f} ({statistics.median(ours):.1f} s and {statistics.median(plain):.1f} s)"
    limit = f"at most {TRACE_RATIO:g}"
    yield "check of ResNet50.keras : TensorFlow alone", told, limit, ratio <= TRACE_RATIO
    again = statistics.median(timed(command)[0] for _ in range(chosen.repeat))
    limit = f"at most {CACHED_SECONDS:g} s"
    yield "the second check of it", f"{again:.2f} s", limit, again <= CACHED_SECONDS


def agreeing(_: Path, chosen: argparse.Namespace, *, dry_run: bool = False) -> Iterator[Row]:
    """The cases checked, by what their truth can be told from."""
    cases = read_cases(chosen.cases)
    options = {"matrix": chosen.matrix, "probe": chosen.probe, "dry_run": dry_run}
    scored = score(chosen.cases, cases, python=sys.executable, **options)
    for line in wrong(scored):
        print(line, file=sys.stderr)
    for kind in KNOWABLE:
        group = [one for one in scored if one.case["knowable"] == kind]
        if group:
            yield from _rows(kind, agreement(group), dry_run=dry_run)


def _rows(kind: str, found: Agreement, *, dry_run: bool) -> Iterator[Row]:
    name = f"{kind}{', dry run' if dry_run else ''}"
    strict = kind == "spec" or dry_run
    least = LEAST_RIGHT if kind == "spec" else LEAST_CAUSE
    told = f"{found.right} of {found.cases} ({found.unknown} unknown)"
    demanded = f"at least {least:.0%}" if strict else "-"
    yield f"{name}: right verdict", told, demanded, not strict or found.right >= least * found.cases
    none = not strict or not found.false_green
    yield f"{name}: failing, called good", str(found.false_green), "0" if strict else "-", none
    if found.failing:
        both = f"{found.right_cause} and {found.right_culprit} of {found.failing}"
        held = min(found.right_cause, found.right_culprit) >= LEAST_CAUSE * found.failing
        asked = f"at least {LEAST_CAUSE:.0%}" if strict else "-"
        yield f"{name}: right cause, culprit", both, asked, not strict or held


def envprobe(*arguments: str) -> list[str]:
    """The command as a process of this interpreter."""
    return [sys.executable, "-m", "envprobe.cli", *arguments]


def timed(command: list[str]) -> tuple[float, str]:
    """Wall seconds of a whole process, and what it printed; a verdict is no failure."""
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode not in (0, 1, 3) or (done.returncode and "-c" in command):
        raise SystemExit(f"{command[:4]} ended with {done.returncode}: {done.stderr[-500:]}")
    return seconds, done.stdout


def memory_of(command: list[str]) -> float:
    """The most bytes that the process held, measured by a parent that has no other child."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=-3);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    return float(timed([sys.executable, "-c", code, *command])[1]) * 1024


PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterator[Row]]] = {
    "cluster": cluster,
    "trace": trace,
    "agreement": agreeing,
    "dry-run": partial(agreeing, dry_run=True),
}

if __name__ == "__main__":
    sys.exit(main())
