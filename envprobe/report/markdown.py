"""Plain text in Markdown."""

from __future__ import annotations

import re


def plain_markdown(text: str) -> str:
    """The text with Markdown's own characters escaped; code in backticks and addresses stay."""
    parts = re.split(r"(`[^`]*`|https?://\S+)", text)
    plain = (re.sub(r"([*_<\[\]])", r"\\\1", part) for part in parts[::2])
    kept = [*parts[1::2], ""]
    return "".join(a + b for a, b in zip(plain, kept, strict=True))
