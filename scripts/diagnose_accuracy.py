"""How often a diagnosis names the cause that is known: logs with their truth, one JSON a line.

`label` is the cause, `log` the text. `headline`, `hard`, `needs_env` and `excerpt_cut` say which
numbers a case counts for; where the excerpt lacks its deciding line it counts for none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from envprobe.diagnose.diagnose import diagnose_text
from envprobe.diagnose.result import Diagnosis

Case = dict[str, Any]


class Scored(NamedTuple):
    """A case and what was said of it."""

    case: Case
    diagnosis: Diagnosis

    @property
    def exact(self) -> bool:
        """Whether the cause is the established one."""
        return bool(self.diagnosis.cause.value == self.case["label"])

    @property
    def among_three(self) -> bool:
        """Whether it is among the first three candidates."""
        named = [self.diagnosis.cause, *(one.cause for one in self.diagnosis.candidates[:3])]
        return self.case["label"] in [cause.value for cause in named][:4]


class Share(NamedTuple):
    """How many of which cases."""

    what: str
    right: int
    total: int


def scored(paths: Sequence[Path]) -> list[Scored]:
    """Every case of these files with its diagnosis."""
    cases = [json.loads(line) for path in paths for line in path.read_text().splitlines() if line]
    return [Scored(case, diagnose_text(case["log"])) for case in cases]


def shares(every: Sequence[Scored]) -> Iterator[Share]:
    """The numbers that are promised, and those beside them."""
    whole = [one for one in every if not one.case.get("excerpt_cut")]
    told = [one for one in whole if not one.case.get("needs_env")]
    asks = [one for one in whole if one.case.get("needs_env")]
    headline = [one for one in told if one.case.get("headline")]
    benign = [one for one in whole if one.case["label"] == "benign"]
    yield _share("headline, told by the log: exact", headline, _exact)
    yield _share("benign: called a failure", benign, _alarmed)
    yield _share("not told by the log: among the first three", asks, lambda one: one.among_three)
    yield _share("told by the log: exact", told, _exact)
    yield _share("  of these hard", [one for one in told if one.case.get("hard")], _exact)
    yield _share("  not hard", [one for one in told if not one.case.get("hard")], _exact)
    yield _share("all: exact", whole, _exact)


def _share(what: str, cases: Sequence[Scored], holds: Callable[[Scored], bool]) -> Share:
    return Share(what, sum(map(holds, cases)), len(cases))


def _exact(one: Scored) -> bool:
    return one.exact


def _alarmed(one: Scored) -> bool:
    return one.diagnosis.cause.value not in ("benign", "unknown")
