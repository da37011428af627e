"""What secrets look like, wherever they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

MASK = "***"
NAMED = (
    "password|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key(?:[_-]?id)?"
    "|auth[_-]?key|private[_-]?key|client[_-]?secret|credentials?|session[_-]?(?:id|key)"
    "|signature|x-amz-signature|x-goog-signature|sig"
)


@dataclass(frozen=True)
class Shape:
    """A form of secrets; a text without any of the `signs` (in lower case) has none of it.

    What is to stay of a match is its group `keep`.
    """

    signs: tuple[str, ...]
    regex: re.Pattern[str]

    def masked(self, text: str, lower: str) -> str:
        """The text without secrets of this form; `lower` is it in lower case."""
        if not any(sign in lower for sign in self.signs):
            return text
        return self.regex.sub(_without, text)


def _without(found: re.Match[str]) -> str:
    return (found.groupdict().get("keep") or "") + MASK


def _shape(signs: str, regex: str, flags: int = 0) -> Shape:
    return Shape(tuple(signs.split()), re.compile(regex, flags))


SHAPES = (
    _shape(
        "-----begin",
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]{0,40}-----|\Z)",
        re.DOTALL,
    ),
    _shape("akia asia aida aroa", r"\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{16,128}"),
    _shape("gho_ ghp_ ghs_ ghu_ ghr_", r"\bgh[pousr]_[A-Za-z0-9_]{20,}"),
    _shape("github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{20,}"),
    _shape("glpat- gldt- glrt- glcbt-", r"\bgl[a-z]{2,6}-[A-Za-z0-9_.-]{16,}"),
    _shape("hf_ api_org_", r"\b(?:hf|api_org)_[A-Za-z0-9]{16,}"),
    _shape("sk- rk-", r"\b[sr]k-[A-Za-z0-9_-]{16,}"),
    _shape("sk_live_ sk_test_ rk_live_", r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _shape("xox xapp-", r"\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}"),
    _shape("hooks.slack.com", r"(?P<keep>hooks\.slack\.com/services/)[\w/]+"),
    _shape("aiza", r"\bAIza[0-9A-Za-z_-]{30,}"),
    _shape("ya29.", r"\bya29\.[0-9A-Za-z_-]{20,}"),
    _shape("eyj", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,3}"),
    _shape("npm_ pypi- wandb_v1_", r"\b(?:npm_|pypi-|wandb_v1_)[A-Za-z0-9_-]{30,}"),
    _shape(
        "://", r"(?P<keep>\b[A-Za-z][A-Za-z0-9+.-]{0,30}://)[^\s/@\"']{0,200}:[^\s@\"']{1,400}(?=@)"
    ),
    _shape(
        "authorization",
        r"(?P<keep>authorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?)(?:[A-Za-z]{1,20} +)?[^\s\"',;]{4,}",
        re.IGNORECASE,
    ),
    _shape(
        "bearer basic", r"(?P<keep>\b(?:bearer|basic)\s{1,4})[A-Za-z0-9._~+/=-]{16,}", re.IGNORECASE
    ),
    _shape("cookie", r"(?P<keep>\b(?:set-)?cookie[\"']?:\s{0,4})[^\n]{4,}", re.IGNORECASE),
    _shape(
        "pass secret token key credential session sig pwd",
        rf"(?P<keep>(?:\b|_|--)(?:{NAMED})[\"']?\s{{0,4}}(?:=|:)\s{{0,4}}[bru]?[\"']?)"
        r"(?!(?:None|null|True|False|true|false)\b|\*\*\*)[^\s\"',;&)\]}]{4,}",
        re.IGNORECASE,
    ),
    _shape(
        "--",
        rf"(?P<keep>(?<![\w-])--?(?:\w{{1,30}}[-_])?(?:{NAMED})\s{{1,4}}[\"']?)(?!-)[^\s\"']{{1,400}}",
        re.IGNORECASE,
    ),
)


def without_shapes(text: str) -> str:
    """The text without anything that looks like a secret."""
    lower = text.lower()
    for shape in SHAPES:
        text = shape.masked(text, lower)
    return text
