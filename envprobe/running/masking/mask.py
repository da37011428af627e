"""Replaces secrets by `***`: in texts, in commands, in environments, in whole documents."""

from __future__ import annotations

import html
import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from envprobe.running.masking.names import is_secret_name
from envprobe.running.masking.shapes import MASK, without_shapes

# Shorter values stand in texts by accident.
SHORTEST = 6
# Neither are these secrets, whatever the variable is called.
PLAIN_WORDS = (
    *("tensorflow", "python", "python3", "default", "enabled", "disabled", "required", "optional"),
    *("password", "private", "public", "localhost", "wayland", "session", "secret", "string"),
)
OPTION = re.compile(r"--?[A-Za-z][\w.-]*")
ASSIGNED = re.compile(r"(?P<name>(?:--?)?[A-Za-z_][\w.-]*)=(?P<value>.*)", re.DOTALL)


class Masker:
    """Knows the secrets of one run: those that its environment and its command line name."""

    def __init__(self, environment: Mapping[str, str], argv: Sequence[str] = ()) -> None:
        named = [value for name, value in environment.items() if is_secret_name(name)]
        named += [value for _, value in _secret_arguments(argv)]
        spellings = {one for value in named for one in _spellings(value)}
        # A secret that holds another one is looked for first.
        self._known = sorted(spellings, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without known secrets, and without what looks like one."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        return without_shapes(text)

    def bytes(self, data: bytes) -> bytes:
        """The same for output, which may be in any encoding."""
        text = data.decode("utf-8", "surrogateescape")
        return self.text(text).encode("utf-8", "surrogateescape")

    def command(self, argv: Sequence[str]) -> tuple[str, ...]:
        """The arguments, with the values of secret options masked, however short."""
        masked = list(argv)
        for index, value in _secret_arguments(argv):
            kept = masked[index][: len(masked[index]) - len(value)]
            masked[index] = kept + MASK
        return tuple(map(self.text, masked))

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The variables by name."""
        return {
            self.text(name): MASK if value and is_secret_name(name) else self.text(value)
            for name, value in sorted(environment.items())
        }

    def document(self, value: Any) -> Any:
        """What a JSON document is made of, with every text in it masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.document(one) for one in value]
        if not isinstance(value, dict):
            return value
        name = value.get("name")
        if isinstance(name, str) and isinstance(value.get("value"), str) and is_secret_name(name):
            value = {**value, "value": MASK}
        return {self.document(key): self.document(one) for key, one in value.items()}


def _secret_arguments(argv: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(place, value at the end of that argument) of each secret option: `--key x`, `TOKEN=x`."""
    for index, argument in enumerate(argv):
        assigned = ASSIGNED.fullmatch(argument)
        if assigned and assigned["value"] and is_secret_name(assigned["name"]):
            yield index, assigned["value"]
        is_option = index > 0 and OPTION.fullmatch(argv[index - 1])
        if is_option and is_secret_name(argv[index - 1]) and not argument.startswith("--"):
            yield index, argument


def _spellings(value: str) -> Iterator[str]:
    """The value as it may stand in texts: as it is, escaped, and each line of it."""
    lines = [line.strip() for line in value.splitlines()]
    for one in (value, value.strip(), *(lines if len(lines) > 1 else ())):
        if not _is_telling(one):
            continue
        yield from _escaped(one)


def _escaped(value: str) -> Iterable[str]:
    plain = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    quoted = (json.dumps(value), json.dumps(value, ensure_ascii=False), repr(value))
    web = (urllib.parse.quote(plain), urllib.parse.quote_plus(plain), html.escape(value))
    return {value, *(one[1:-1] for one in quoted), *web}


def _is_telling(value: str) -> bool:
    if len(value) < SHORTEST or value.lower() in PLAIN_WORDS:
        return False
    return not (value.startswith(("/", "~", "./")) and _exists(value))


def _exists(path: str) -> bool:
    """A path that is there is the place of a secret, and no secret."""
    try:
        return Path(path).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False
