"""Which nodes are called slow, and which are not."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from envprobe.cluster.cluster import Outlier
from envprobe.cluster.merge import merge
from envprobe.matrix import Cell, TimingConditions

MakeCell = Callable[..., Cell]
WriteNode = Callable[..., Path]
OPS = 20


@pytest.fixture
def slow_nodes(write_node: WriteNode, make_cell: MakeCell, tmp_path: Path) -> Any:
    """Merges nodes that time every op with these factors, and gives the outliers."""

    def run(
        factors: dict[str, float], noise: float = 0.01, of_ops: int = OPS, **timing: Any
    ) -> tuple[Outlier, ...]:
        chance = random.Random(5)
        for name, factor in factors.items():
            cells = []
            for op in range(OPS):
                seconds = (op + 1) * 1e-4 * chance.gauss(1, noise)
                seconds *= factor if op < of_ops else 1
                cells.append(make_cell(f"Op{op:02d}", seconds_median=seconds, **timing))
            write_node(name, *cells)
        return merge([tmp_path]).cluster.outliers

    return run


def even(nodes: int, **others: float) -> dict[str, float]:
    return {f"n{number}": 1.0 for number in range(nodes)} | others


def test_a_slow_node_is_found_and_how_slow_it_is(slow_nodes: Any) -> None:
    [found] = slow_nodes(even(7, sick=1.3))
    assert (found.node, found.device) == ("sick", "CPU:0")
    assert (found.steady_cells, found.slow_cells) == (OPS, OPS)
    assert found.slowdown == pytest.approx(1.3, rel=0.02)


@pytest.mark.parametrize(
    ("factors", "options"),
    [
        (even(8), {}),
        (even(7, fast=0.5), {}),
        (even(7, little=1.07), {}),  # under the bound
        (even(7, one=1.5), {"of_ops": 4}),  # in a fifth of the cells only
        (even(2, sick=2.0), {}),  # of three nodes nobody can say which is odd
        (even(7, sick=1.3), {"unstable": True}),
        (even(7, sick=1.3), {"conditions": TimingConditions(cpu_load=0.5)}),  # by others
        (even(12, worst=1.2), {"noise": 0.2}),  # not beyond how the others scatter
    ],
)
def test_what_is_no_outlier(
    slow_nodes: Any, factors: dict[str, float], options: dict[str, Any]
) -> None:
    assert slow_nodes(factors, **options) == ()


def test_one_sick_node_does_not_hide_another(slow_nodes: Any) -> None:
    found = slow_nodes(even(7, very=20.0, sick=1.25))
    assert [one.node for one in found] == ["very", "sick"]
