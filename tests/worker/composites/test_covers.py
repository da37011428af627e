"""What a composite says it covers stands in the graphs that it runs, in that dtype."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import msgspec
import pytest

import envprobe
from envprobe.ops.catalog import load_catalog, resolve
from envprobe.ops.coverage import NO_DTYPE, pair_of

pytestmark = pytest.mark.tensorflow
ROOT = Path(envprobe.__file__).parents[1]
COVERING = {op: row for op, row in load_catalog().items() if row.covers}
# As the worker runs a cell in mode graph; the nodes are those before any optimizer.
ASK = """
import importlib.util, json, sys
sys.path.insert(0, ROOT)
from scripts.coverage.nodes import node_counts
spec = importlib.util.spec_from_file_location("start", ROOT + "/envprobe/worker/__main__.py")
start = importlib.util.module_from_spec(spec)
spec.loader.exec_module(start)
start.load_package(ROOT + "/envprobe/worker")
import tensorflow as tf
from envprobe_worker.execute import executable
from envprobe_worker.run import build
for cell in json.load(sys.stdin):
    function, inputs = executable(cell, build(tf, cell))
    print(json.dumps(sorted(node_counts(function.get_concrete_function(*inputs)))))
"""


@pytest.fixture(scope="module")
def nodes(tensorflow_python: str) -> dict[tuple[str, str], set[str]]:
    """By composite and dtype the texts of all nodes of its graphs."""
    cells = [
        {
            **msgspec.to_builtins(resolve(op, row, "default", dtype)),
            "device": "CPU:0",
            "direction": direction,
            "mode": "graph",
        }
        for op, row in COVERING.items()
        for dtype in row.dtypes
        for direction in ("forward", "gradient")
        if direction == "forward" or (row.gradient and "float" in dtype)
    ]
    asked = subprocess.run(
        [tensorflow_python, "-c", f"ROOT = {str(ROOT)!r}\n{ASK}"],
        input=json.dumps(cells),
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
    )
    found: dict[tuple[str, str], set[str]] = {}
    lines = asked.stdout.splitlines()
    for cell, line in zip(cells, lines, strict=True):
        found.setdefault((cell["op"], cell["dtype"]), set()).update(json.loads(line))
    return found


@pytest.mark.parametrize("op", COVERING)
def test_its_graphs_hold_what_it_covers(op: str, nodes: dict[tuple[str, str], set[str]]) -> None:
    # The dtype of an op without a row is that of its first type attribute.
    pairs = {
        dtype: {pair_of(text, {}, {}) for text in nodes[op, dtype]} for dtype in COVERING[op].dtypes
    }
    missing = []
    for covered in COVERING[op].covers:
        name, _, fixed = covered.partition(" ")
        if fixed:
            missing += [] if (name, fixed) in set().union(*pairs.values()) else [covered]
        else:
            missing += [
                f"{covered} in {dtype}"
                for dtype, found in pairs.items()
                if not {(name, dtype), (name, NO_DTYPE)} & found
            ]
    assert missing == []
