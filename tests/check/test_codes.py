"""The codes of findings: each is in the documentation, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r'"(CHK\d{3})"')


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    used = {
        code
        for path in (ROOT / "envprobe" / "check").rglob("*.py")
        for code in CODE.findall(path.read_text(encoding="utf-8"))
    }
    page = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (CHK\d{3}) \|", page, re.MULTILINE)
    assert set(rows) == used
    assert rows == sorted(set(rows))
