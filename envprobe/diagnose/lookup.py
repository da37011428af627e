"""A rule by its code or name."""

from __future__ import annotations

from envprobe.diagnose.catalog import all_rules
from envprobe.diagnose.rule import Rule
from envprobe.errors import unknown_name


def rule_named(text: str) -> Rule:
    """The rule with that code (`LOG202`, in any case) or name, with hyphens or underscores.

    Raises UsageError, with the nearest ones, where there is none.
    """
    wanted = text.strip().lower().replace("_", "-")
    named = {key.lower(): rule for rule in all_rules() for key in (rule.code, rule.name)}
    if wanted not in named:
        known = [key for rule in all_rules() for key in (rule.code, rule.name)]
        raise unknown_name("rule", text, known)
    return named[wanted]
