"""A rule's manual page, as Markdown for `docs/rules/` and as text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec
from rich.padding import Padding
from rich.text import Text

from envprobe.diagnose import rules
from envprobe.diagnose.diagnose import diagnose_text
from envprobe.diagnose.result import DiagnosisFinding
from envprobe.diagnose.rule import Rule
from envprobe.report.findings import source
from envprobe.report.markdown import plain_markdown
from envprobe.report.parts import print_parts

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

MADE = "<!-- Made from the rule's file by scripts/make_rule_pages.py: change that one. -->"
KINDS = {
    "fatal": "names what ended the run",
    "symptom": "ends the run; several causes lead to it",
    "degraded": "the run goes on with less",
    "wrapper": "says only that something failed",
    "benign": "harmless",
}


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A heading over a text; `quoted` text is a log, and shown as it stands."""

    heading: str
    text: str
    quoted: bool = False


def summary(rule: Rule) -> str:
    """The sentence that states the fault: the first paragraph of the rule's file."""
    file = import_module(f"{rules.__name__}.{rule.name.replace('-', '_')}")
    return " ".join((file.__doc__ or "").strip().split("\n\n")[0].split())


def sections(rule: Rule) -> Iterator[Section]:
    """What the page says, in its order; the example is the rule's own first hit."""
    example = _example(rule)
    yield Section(heading="In a log, for example", text=rule.hits[0].strip("\n"), quoted=True)
    yield Section(heading="What is said of it", text=example.seen)
    yield Section(heading="Why", text=example.why)
    if example.fix:
        yield Section(heading="What mends it", text=example.fix)
    if example.candidates:
        lines = [f"{one.cause.value}: {one.check}" for one in example.candidates]
        yield Section(heading="What it may be instead", text="\n\n".join(lines))
    if rule.yields_to:
        yield Section(heading="A consequence, where these are seen", text=", ".join(rule.yields_to))


def _example(rule: Rule) -> DiagnosisFinding:
    findings = diagnose_text(rule.hits[0]).findings
    return next(one for one in findings if one.code == rule.code)


def rule_pages(every: Sequence[Rule]) -> dict[str, str]:
    """File name -> Markdown: a page a rule, and the index `diagnose.md`."""
    return {"diagnose.md": _index(every), **{page_name(rule): _page(rule) for rule in every}}


def page_name(rule: Rule) -> str:
    """`LOG201-gpu-memory-exhausted.md`."""
    return f"{rule.code}-{rule.name}.md"


def _page(rule: Rule) -> str:
    lines = [f"# {rule.code} {rule.name}", MADE, plain_markdown(summary(rule)), _facts(rule)]
    for section in sections(rule):
        text = f"```\n{section.text}\n```" if section.quoted else plain_markdown(section.text)
        lines += [f"## {section.heading}", text]
    lines += ["## Source", plain_markdown(rule.source)]
    return "\n\n".join(lines) + "\n"


def _facts(rule: Rule) -> str:
    return f"Cause: **{rule.cause.value}**; it {KINDS[rule.kind.value]}."


def _index(every: Sequence[Rule]) -> str:
    lines = ["# What diagnose knows", MADE, f"`envprobe diagnose` knows {len(every)} rules."]
    for family, about in families().items():
        own = [rule for rule in every if rule.code.startswith(family)]
        rows = [
            f"| [{rule.code}]({page_name(rule)}) | {rule.cause.value} | {rule.name} "
            f"| {plain_markdown(summary(rule)).replace('|', '&#124;')} |"
            for rule in own
        ]
        if rows:
            table = ["| code | cause | name | fault |", "|---|---|---|---|", *rows]
            lines += [f"## {family}xx: {about}", "\n".join(table)]
    return "\n\n".join(lines) + "\n"


def families() -> dict[str, str]:
    """`LOG1` -> what its hundred codes are about, from the package of the rules."""
    return dict(re.findall(r"^(LOG\d)xx  (.+)$", rules.__doc__ or "", re.M))


def print_rule(rule: Rule, console: Console) -> None:
    """The page, for the console's width and encoding."""
    print_parts(_shown(rule), console)


def _shown(rule: Rule) -> Iterator[RenderableType]:
    yield Text(f"{rule.code} {rule.name}", style="bold")
    yield Text(summary(rule))
    yield Text(f"cause {rule.cause.value}; it {KINDS[rule.kind.value]}", style="dim")
    for section in sections(rule):
        yield Text()
        yield Text(section.heading, style="bold underline")
        yield Padding(Text(section.text, style="dim" if section.quoted else ""), (0, 0, 0, 2))
    yield Text()
    yield Text("Source", style="bold underline")
    yield source(rule.source, label="")
