"""All rules and signals, gathered from their folders."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import msgspec

from envprobe.diagnose import rules, signals
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Rule
from envprobe.diagnose.signal import Signal


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One pattern of a rule or a signal; `often` is how many lines with it are looked at."""

    name: str
    pattern: Pattern
    often: int


# A signal tells a fact, and one sighting tells it; of a rule the repetitions are counted.
OFTEN_SIGNAL = 40
OFTEN_RULE = 400


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of `diagnose/rules/`, by code."""
    found: list[Rule] = [module.RULE for module in _modules(rules)]
    return tuple(sorted(found, key=lambda rule: rule.code))


@functools.cache
def all_signals() -> tuple[Signal, ...]:
    """Every signal of `diagnose/signals/`."""
    found: list[Signal] = [one for module in _modules(signals) for one in module.SIGNALS]
    return tuple(found)


@functools.cache
def entries() -> tuple[Entry, ...]:
    """Every pattern with the name of what it is of."""
    of_rules = [_entry(rule.name, one, OFTEN_RULE) for rule in all_rules() for one in rule.patterns]
    of_signals = [_entry(s.name, one, OFTEN_SIGNAL) for s in all_signals() for one in s.patterns]
    return (*of_rules, *of_signals)


def _entry(name: str, pattern: Pattern, often: int) -> Entry:
    return Entry(name=name, pattern=pattern, often=often)


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            yield importlib.import_module(f"{package.__name__}.{module.name}")
