"""What a rule is: one cause of failure, the words by which a log tells it, and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import msgspec

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


class Kind(str, Enum):
    """How much a rule's words decide; the first of these that holds outweighs those below it."""

    FATAL = "fatal"  # they name what ended the run
    SYMPTOM = "symptom"  # they end the run, and several causes can lead to them
    DEGRADED = "degraded"  # the run goes on with less: without the GPU, without the library
    WRAPPER = "wrapper"  # they only say that something failed
    BENIGN = "benign"  # they look bad and mean nothing


class Confidence(str, Enum):
    """How sure a reading is."""

    CERTAIN = "certain"  # the words have no other meaning
    LIKELY = "likely"
    POSSIBLE = "possible"  # one candidate among several


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Another cause that the same words can have; `check` tells how to find out."""

    cause: Cause
    check: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule makes of a sighting; what is given replaces the rule's own.

    `fields` is added to those of the pattern. The texts are templates like the rule's.
    """

    fields: Mapping[str, str | int | float] = {}
    cause: Cause | None = None
    kind: Kind | None = None
    confidence: Confidence | None = None
    seen: str | None = None
    why: str | None = None
    fix: str | None = None
    candidates: tuple[Candidate, ...] | None = None


Read = Callable[[Sighting, Log], Reading | None]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One cause that diagnose knows. Its file is its manual page (`docs/rules/`).

    code        `LOG` and three digits; never given to another cause
    name        states the fault; the file's name, with hyphens
    patterns    any of them is a sighting
    seen        the finding's first sentence, a template: `{shape}` is filled with the field of that
                name. A part in square brackets is left out where one of its fields is unknown:
                `OOM for {shape}[ of {dtype}]`
    why, fix    likewise: what the words mean, and what to do
    yields_to   names of rules, or slugs of causes: where one of them is sighted too in the same
                run, this finding is its consequence; on the very same line it is left out
    candidates  other causes of the same words, the likeliest first
    read        looks at a sighting with what else the log holds, None where the rule does not hold
    source      where the message or the fact is from: a file of TensorFlow's source, an address
    hits        logs of which this rule gives the root cause; of a benign one: that hold it
    misses      logs that come close, in which this rule must not be found
    """

    code: str
    name: str
    cause: Cause
    kind: Kind
    patterns: tuple[Pattern, ...]
    seen: str
    why: str
    fix: str | None
    source: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    severity: Severity = Severity.ERROR
    confidence: Confidence = Confidence.LIKELY
    yields_to: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    read: Read | None = None
