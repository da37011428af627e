"""Where in a block training goes on."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import re2

from envprobe.diagnose.scanning.anchors import line_around

# Keras' bars and their ends, Estimator's and Horovod's lines, what people print in own loops.
SIGNS = (
    r"(?:^|[\r\n ])Epoch [0-9]+/[0-9]+",
    r"[0-9]+/(?:[0-9]+|Unknown)(?: \[[=>.]| .?\[1m| [━╸]| [0-9]+s )",
    r"[0-9](?:s|ms|us)/(?:step|sample|epoch)",
    r"(?:global[_ ])?step[ =:/]+[0-9]+[,: ].{0,40}(?:loss|acc|sec|lr)",
    r"\([0-9.]+ sec(?:/step)?\)",
    r"[Ee]poch[ =:]+[0-9]+.{0,60}loss",
    r"[Ss]aving (?:dict|checkpoints?) for ",
)
# A few behind each sighting are enough to know that training went on.
KEPT = 5


def progress_in(data: bytes, places: Sequence[int]) -> Iterator[int]:
    """The places of the first signs of progress: of the block, and behind each of the places."""
    starts = sorted({0, *places})
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        place = start
        for _ in range(KEPT):
            found = _signs().search(data, place, end)
            if found is None:
                break
            yield found.start()
            place = line_around(data, found.end() - 1)[1] + 1


@functools.cache
def _signs() -> Any:
    return re2.compile("|".join(SIGNS).encode())
