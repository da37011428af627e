"""Whether the model would run on a target after a small change to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from envprobe.check.changes.changes import Change, is_idle_cast
from envprobe.check.judgement import Judgement
from envprobe.check.target import Target
from envprobe.models.oplist import OpList, Requirement
from envprobe.terms import Evidence

Judge = Callable[[OpList, Target], Sequence[Judgement]]
_WEAKEST_FIRST = (Evidence.NONE, Evidence.REGISTERED, Evidence.MEASURED)


class Then(NamedTuple):
    """All would run: the weakest evidence of it, and whether some on the CPU or emulated."""

    evidence: Evidence
    lossy: bool


class WhatIf:
    """Asks `judge` about one op list on one target, changed; every question is judged once."""

    def __init__(self, oplist: OpList, target: Target, judge: Judge) -> None:
        self.oplist = oplist
        self.target = target
        self._judge = judge
        self._of_all: dict[str, Then | None] = {}

    def judged(self, requirements: Iterable[Requirement]) -> tuple[Judgement, ...]:
        """What becomes of these there; what XLA said of the step as it was is left out."""
        asked = tuple(requirements)
        if not asked:
            return ()
        oplist = msgspec.structs.replace(self.oplist, lowering=None, requirements=asked)
        return tuple(self._judge(oplist, self.target))

    def if_these(self, requirements: Iterable[Requirement], change: Change) -> Then | None:
        """What becomes of these once they are changed; None where they are not known to run."""
        changed = [change(one) for one in requirements]
        return then(self.judged(_computing(changed)))

    def if_all(self, name: str, change: Change) -> Then | None:
        """What becomes of all that the change touches in the model, called by the change's name."""
        if name not in self._of_all:
            changed = [change(one) for one in self.oplist.requirements]
            pairs = zip(self.oplist.requirements, changed, strict=True)
            touched = [new for old, new in pairs if new is not old]
            self._of_all[name] = then(self.judged(_computing(touched)))
        return self._of_all[name]


def then(judgements: Sequence[Judgement]) -> Then | None:
    """What they come to together; None unless every one is known to run."""
    if not judgements or not all(map(_is_known_to_run, judgements)):
        return None
    evidence = min((one.evidence for one in judgements), key=_WEAKEST_FIRST.index)
    lossy = any(one.outcome == "falls_back" or one.emulated for one in judgements)
    return Then(evidence, lossy)


def _is_known_to_run(judgement: Judgement) -> bool:
    ran = judgement.outcome in {"runs", "falls_back"}
    return ran and judgement.evidence is not Evidence.NONE


def _computing(requirements: Iterable[Requirement]) -> list[Requirement]:
    return [one for one in requirements if not is_idle_cast(one)]
