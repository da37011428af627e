"""What a rule is: one fault, how it is seen, why it matters and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec

from envprobe.doctor.examination import Examination
from envprobe.terms import Finding, Severity


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One occurrence of a fault: `seen` is the evidence, in the machine's own numbers and names.

    What else is given replaces the rule's own, where the case decides it.
    """

    seen: str
    severity: Severity | None = None
    why: str | None = None
    fix: str | None = None
    command: str | None = None


Detect = Callable[[Examination], Iterable[Seen]]
Example = Callable[[], Examination]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One fault that doctor knows. Its file is its manual page (`docs/rules/`).

    code      `DOC` and three digits; never given to another fault
    name      states the fault; the file's name, with hyphens
    why       what goes wrong, and how one notices
    fix       what to do, in words; None where nothing can be done. The command comes with what
              was seen, since it depends on the environment (`doctor/commands.py`)
    source    where the fact is published: an address, or a file of the project that it is of
    detect    what of it is seen on a machine; empty, too, where that cannot be told
    hits      machines on which it must fire (functions that make them, of `doctor/examples.py`)
    misses    machines that come close, on which it must not
    """

    code: str
    name: str
    severity: Severity
    why: str
    fix: str | None
    source: str
    detect: Detect
    hits: tuple[Example, ...]
    misses: tuple[Example, ...]

    def findings(self, examination: Examination) -> Iterator[Finding]:
        """A finding for each occurrence of the fault."""
        for seen in self.detect(examination):
            yield Finding(
                code=self.code,
                name=self.name,
                severity=seen.severity or self.severity,
                seen=seen.seen,
                why=seen.why or self.why,
                fix=seen.fix or self.fix,
                command=seen.command,
                source=self.source,
            )
