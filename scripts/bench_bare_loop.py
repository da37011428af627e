"""The cells of a scan in one bare loop: one process, no isolation, no journal, no report.

Reads the questions as JSON from standard input, asks the worker's own functions in this very
process, and prints one JSON document with the seconds it took.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from typing import Any

BEGIN = time.perf_counter()


def main() -> None:
    """Every support question once, then every timed one by the rule that the scan samples by."""
    asked = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        from envprobe.worker.hello import hello

        hello({"config": {"cpu_devices": 1, "gpus": "all"}})
        started = time.perf_counter()
        support(asked["support"])
        supported = time.perf_counter()
        timing(asked["timing"])
    ended = time.perf_counter()
    json.dump(
        {
            "import_seconds": started - BEGIN,
            "support_seconds": supported - started,
            "timing_seconds": ended - supported,
            "seconds": ended - BEGIN,
        },
        sys.stdout,
    )


def support(cells: list[dict[str, Any]]) -> None:
    """Each cell once."""
    from envprobe.worker.run import run

    for cell in cells:
        run({"cell": cell})


def timing(cells: list[dict[str, Any]]) -> None:
    """Each cell prepared and sampled in as many rounds as a scan does."""
    from envprobe.measure.sampling import Sampling
    from envprobe.probe.timing import ROUNDS, RULE
    from envprobe.worker.timing import prepare, release, sample

    for _ in range(ROUNDS):
        for cell in cells:
            prepared = prepare({"cell": cell})
            sampling = Sampling(RULE)
            while (loops := sampling.next_loops()) is not None:
                taken = sample({"handle": prepared["handle"], "loops": loops})
                sampling.add(taken["seconds"])
            release(prepared)


if __name__ == "__main__":
    main()
