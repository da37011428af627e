"""What a check costs; prints one table.

Run it with an interpreter that has envprobe, and for `trace` also TensorFlow and Keras:

    .venv/bin/python scripts/bench_check.py [--repeat 5] [--nodes 10000] [cluster trace]

`cluster` makes matrices of many nodes in 12 profiles (8 GB for 10,000 of them) and merges them;
`--cluster FILE` takes a cluster file that is there. Machines are noisy: quote medians.
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
from rich.console import Console
from rich.table import Table

TARGETS_SECONDS = 0.45
TARGETS_BYTES = 200e6
Row = tuple[str, str, str, bool]  # what, measured, demanded, held

# As the commands do that read much: all of it stays until the end.
TARGETS = """
import gc, resource, sys, time
gc.disable()
from pathlib import Path
from envprobe.check.targets import given_targets
given = given_targets([Path(sys.argv[1])], "2.21.0")
print(len(given.targets), len(given.cluster.nodes), len(given.cluster.profiles),
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""
ANSWER = """
import gc, sys, time
gc.disable()
from pathlib import Path
from envprobe.check.nodes import cluster_answer
from envprobe.check.odd_nodes import cluster_findings
from envprobe.check.result import TargetResult
from envprobe.check.targets import given_targets
from envprobe.terms import Verdict
given = given_targets([Path(sys.argv[1])], "2.21.0")
results = [
    TargetResult(
        name=target.name, device=target.device.name, device_type=target.device.device_type,
        nodes=target.nodes, reason="", trains_here=target.trains_here,
        verdict=Verdict.UNSUPPORTED if at % 3 == 0 else Verdict.SUPPORTED,
    )
    for at, target in enumerate(given.targets)
]
begin = time.perf_counter()
answer = cluster_answer(results)
cluster_findings(given.cluster, answer)
print(time.perf_counter() - begin)
"""
MODELS = """
import keras
from keras import layers

def mlp():
    rows = [layers.Dense(256, activation="relu") for _ in range(4)]
    return _ready(keras.Sequential([keras.Input((64,)), *rows, layers.Dense(10)]))

def resnet50():
    return _ready(keras.applications.ResNet50(weights=None, classifier_activation=None))

def transformer():
    tokens = keras.Input((128,), dtype="int32")
    x = layers.Embedding(8000, 256)(tokens)
    for _ in range(6):
        x = layers.LayerNormalization()(x + layers.MultiHeadAttention(8, 32)(x, x))
        x = layers.LayerNormalization()(x + layers.Dense(256)(layers.Dense(1024, "gelu")(x)))
    return _ready(keras.Model(tokens, layers.Dense(10)(layers.GlobalAveragePooling1D()(x))))

def _ready(model):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model
"""
# What TensorFlow and Keras take by themselves, before there is anything to trace.
PLAIN = """
import sys
sys.path.insert(0, sys.argv[1])
import models
getattr(models, sys.argv[2])()
"""
TRACE = """
import sys
from envprobe.models.request import request_of
from envprobe.probe.trace import oplist_of
source, fed, wanted = sys.argv[1:]
oplist = oplist_of(request_of(source, inputs=[fed], targets=[wanted]), python=sys.executable)
print(oplist.nodes, len(oplist.requirements))
"""
TRACED = {
    "mlp": ("float32[32,64]", "int32[32]@0:10"),
    "resnet50": ("float32[8,224,224,3]", "int32[8]@0:1000"),
    "transformer": ("int32[8,128]@0:8000", "int32[8]@0:10"),
}


def main() -> int:
    """Measure the parts that are asked for; ends with 1 when something is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="runs of what is quoted as a median")
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--cluster", type=Path, help="a cluster file, instead of making one")
    parser.add_argument("--folder", type=Path, help="where the matrices are made")
    parser.add_argument("parts", nargs="*", help="of: " + ", ".join(PARTS))
    chosen = parser.parse_args()
    table = Table("what", "measured", "demanded", "held", title="envprobe check")
    fine = True
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for part in chosen.parts or PARTS:
            for what, measured, demanded, held in PARTS[part](Path(folder), chosen):
                table.add_row(what, measured, demanded, "yes" if held else "NO")
                print(f"{what}: {measured} ({demanded})", file=sys.stderr)
                fine &= held
    Console(width=120).print(table)
    return 0 if fine else 1


def cluster(folder: Path, chosen: argparse.Namespace) -> Iterator[Row]:
    """A cluster file read and made into targets by a fresh process, and the scheduler's lists."""
    path = chosen.cluster or made_cluster(folder, chosen.nodes)
    runs = [timed([sys.executable, "-c", TARGETS, str(path)]) for _ in range(chosen.repeat)]
    targets, nodes, profiles, most_bytes = runs[0][1].split()
    seconds = statistics.median(seconds for seconds, _ in runs)
    what = f"{int(nodes):,} nodes, {profiles} profiles -> {targets} targets"
    limit = f"at most {TARGETS_SECONDS} s"
    yield f"{what}, process start included", f"{seconds:.3f} s", limit, seconds <= TARGETS_SECONDS
    memory = float(most_bytes)
    held = memory < TARGETS_BYTES
    yield "its memory", f"{memory / 1e6:.0f} MB", f"under {TARGETS_BYTES / 1e6:.0f} MB", held
    lists = statistics.median(
        float(timed([sys.executable, "-c", ANSWER, str(path)])[1]) for _ in range(chosen.repeat)
    )
    yield "node lists, affinity and odd nodes", f"{lists:.3f} s", "-", True


def made_cluster(folder: Path, nodes: int) -> Path:
    """The cluster file of so many nodes, by `envprobe merge`."""
    matrices, output = folder / "matrices", folder / "cluster.json"
    matrices.mkdir()
    with ProcessPoolExecutor(initializer=os.nice, initargs=(5,)) as pool:
        list(pool.map(partial(write_node, matrices), range(nodes), chunksize=100))
    timed([sys.executable, "-m", "envprobe.cli", "merge", str(matrices), "-o", str(output)])
    return output


def trace(folder: Path, chosen: argparse.Namespace) -> Iterator[Row]:
    """A model's training step traced by a fresh process, beside a process that only builds it."""
    (folder / "models.py").write_text(MODELS)
    for name, specs in TRACED.items():
        traces, builds, told = [], [], ""
        for _ in range(chosen.repeat):
            source = f"{folder / 'models.py'}:{name}"
            seconds, told = timed([sys.executable, "-c", TRACE, source, *specs])
            traces.append(seconds)
            builds.append(timed([sys.executable, "-c", PLAIN, str(folder), name])[0])
        nodes, requirements = told.split()
        yield (
            f"{name}: {nodes} nodes, {requirements} requirements; TensorFlow and the model alone"
            f" {statistics.median(builds):.1f} s",
            f"{statistics.median(traces):.1f} s",
            "-",
            True,
        )


def timed(command: list[str]) -> tuple[float, str]:
    """Wall seconds of a whole process, and what it printed."""
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"{command[:2]} ended with {done.returncode}: {done.stderr[-500:]}")
    return seconds, done.stdout


# A new part is a function here: it gets a folder of its own and the options, and yields rows.
PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterator[Row]]] = {
    "cluster": cluster,
    "trace": trace,
}

if __name__ == "__main__":
    sys.exit(main())
