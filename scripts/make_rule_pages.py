"""Write `docs/rules/` from the rule files. Run after adding or changing one."""

from __future__ import annotations

from pathlib import Path

from envprobe.diagnose.catalog import all_rules as diagnose_rules
from envprobe.doctor.judge import all_rules as doctor_rules
from envprobe.report.diagnose.rule_page import rule_pages as diagnose_pages
from envprobe.report.doctor.rule_page import rule_pages as doctor_pages

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"


def main() -> None:
    """Write every page, remove those of rules that are gone, and say how many there are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = {**doctor_pages(doctor_rules()), **diagnose_pages(diagnose_rules())}
    for stale in FOLDER.glob("*.md"):
        if stale.name not in pages:
            stale.unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(pages)} pages in {FOLDER}")


if __name__ == "__main__":
    main()
