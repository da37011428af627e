"""Accuracy, speed and memory of `envprobe diagnose`.

    python scripts/bench_diagnose.py --corpus cases.jsonl [more.jsonl]   accuracy
    python scripts/bench_diagnose.py --speed                              a log of 1 GB

The logs of real failures are other people's texts and stay outside of the project.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from diagnose_accuracy import Scored, scored, shares  # type: ignore[import-not-found]
from diagnose_speed import print_speed  # type: ignore[import-not-found]
from rich.console import Console
from rich.table import Table

CONSOLE = Console(width=110)


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, nargs="+", help="files of cases")
    parser.add_argument("--speed", action="store_true", help="read a log of 1 GB")
    parser.add_argument("--bytes", type=int, default=10**9, help="how large that log is")
    asked = parser.parse_args()
    if asked.corpus:
        print_accuracy(scored(asked.corpus))
    if asked.speed:
        print_speed(CONSOLE, asked.bytes)
    if not asked.corpus and not asked.speed:
        sys.exit(parser.format_usage())


def print_accuracy(every: list[Scored]) -> None:
    """The table, and the cases that are wrong."""
    table = Table("cases", "right", "of", "%", title=f"{len(every)} logs with a known cause")
    for share in shares(every):
        percent = f"{100 * share.right / share.total:.1f}" if share.total else "-"
        table.add_row(share.what, str(share.right), str(share.total), percent)
    CONSOLE.print(table)
    wrong = Table("case", "flags", "cause", "said", "by", title="wrong")
    for one in every:
        if not one.exact and not one.case.get("excerpt_cut"):
            root = one.diagnosis.root
            wrong.add_row(
                one.case["id"],
                _flags(one),
                one.case["label"],
                one.diagnosis.cause.value,
                root.code if root else "",
            )
    CONSOLE.print(wrong)


def _flags(one: Scored) -> str:
    letters = {"headline": "*", "hard": "h", "needs_env": "n"}
    found = "".join(letter for name, letter in letters.items() if one.case.get(name))
    return found + ("3" if one.case.get("needs_env") and one.among_three else "")


if __name__ == "__main__":
    main()
