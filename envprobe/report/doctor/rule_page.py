"""A rule's manual page, as Markdown for `docs/rules/` and as text for a terminal."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec
from rich.padding import Padding
from rich.text import Text

from envprobe.doctor import rules
from envprobe.doctor.rule import Rule
from envprobe.report.findings import STYLES, command, source
from envprobe.report.markdown import plain_markdown
from envprobe.report.parts import print_parts
from envprobe.terms import Finding

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

MADE = "<!-- Made from the rule's file by scripts/make_rule_pages.py: change that one. -->"


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A heading over a paragraph, and commands to be copied."""

    heading: str
    text: str
    command: str | None = None


def summary(rule: Rule) -> str:
    """The sentence that states the fault: the first paragraph of the rule's file."""
    file = import_module(f"{rules.__name__}.{rule.name.replace('-', '_')}")
    documentation = file.__doc__ or ""
    return " ".join(documentation.strip().split("\n\n")[0].split())


def sections(rule: Rule) -> Iterator[Section]:
    """What the page says, in its order; the example is the rule's own first hit."""
    example = _example(rule)
    yield Section(heading="What is seen, for example", text=example.seen)
    yield Section(heading="Why it matters", text=example.why)
    if example.fix is None:
        yield Section(heading="What mends it", text="Nothing can be done about it.")
    else:
        # Some fixes are for the interpreter that runs envprobe, wherever that is.
        anywhere = (example.command or "").replace(shlex.quote(sys.executable), "python")
        yield Section(heading="What mends it", text=example.fix, command=anywhere or None)


def _example(rule: Rule) -> Finding:
    return next(finding for hit in rule.hits for finding in rule.findings(hit()))


def rule_pages(every: Sequence[Rule]) -> dict[str, str]:
    """File name -> Markdown: a page a rule, and the index `README.md`."""
    return {"README.md": _index(every), **{page_name(rule): _page(rule) for rule in every}}


def page_name(rule: Rule) -> str:
    """`DOC202-tensorflow-provided-twice.md`."""
    return f"{rule.code}-{rule.name}.md"


def _page(rule: Rule) -> str:
    lines = [
        f"# {rule.code} {rule.name}",
        MADE,
        plain_markdown(summary(rule)),
        f"Severity: **{rule.severity.value}**",
    ]
    for section in sections(rule):
        lines += [f"## {section.heading}", plain_markdown(section.text)]
        if section.command:
            lines.append(f"```sh\n{section.command}\n```")
    lines += ["## Source", plain_markdown(rule.source)]
    return "\n\n".join(lines) + "\n"


def _index(every: Sequence[Rule]) -> str:
    lines = ["# Doctor's rules", MADE, f"`envprobe doctor` knows {len(every)} rules."]
    for family, about in families().items():
        own = [rule for rule in every if rule.code.startswith(family)]
        if own:
            rows = [
                f"| [{rule.code}]({page_name(rule)}) | {rule.severity.value} | {rule.name} "
                f"| {plain_markdown(summary(rule)).replace('|', '&#124;')} |"
                for rule in own
            ]
            table = ["| code | severity | name | fault |", "|---|---|---|---|", *rows]
            lines += [f"## {family}xx: {about}", "\n".join(table)]
    return "\n\n".join(lines) + "\n"


def families() -> dict[str, str]:
    """`DOC1` -> what its hundred codes are about, from the package of the rules."""
    return dict(re.findall(r"^(DOC\d)xx  (.+)$", rules.__doc__ or "", re.M))


def print_rule(rule: Rule, console: Console) -> None:
    """The page, for the console's width and encoding."""
    print_parts(_shown(rule), console)


def _shown(rule: Rule) -> Iterator[RenderableType]:
    yield Text(f"{rule.code} {rule.name}", style="bold")
    yield Text(summary(rule))
    yield Text(f"severity: {rule.severity.value}", style=STYLES[rule.severity])
    for section in sections(rule):
        yield Text()
        yield Text(section.heading, style="bold underline")
        yield Padding(Text(section.text), (0, 0, 0, 2))
        if section.command:
            yield command(section.command)
    yield Text()
    yield Text("Source", style="bold underline")
    yield source(rule.source, label="")
