"""The page: the diagnosis, and the memory curve where the run was watched."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from envprobe.diagnose.result import Diagnosis
from envprobe.matrix.atomic import write_atomically
from envprobe.report.diagnose.finding import ANSWERS, place
from envprobe.report.diagnose.others import grouped
from envprobe.report.diagnose.report import facts, headline
from envprobe.report.diagnose_page.curve import curves
from envprobe.running.sample import Samples

TEMPLATE = "page.html.j2"


def page(diagnosis: Diagnosis, samples: Samples | None = None) -> str:
    """The HTML document; every text of a log in it is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    source = resources.files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8")
    root = diagnosis.root
    return environment.from_string(source).render(
        answer=headline(diagnosis).plain,
        cause=diagnosis.cause.value,
        diagnosis=diagnosis,
        root=root,
        place=place(root) if root else "",
        here=ANSWERS,
        groups=grouped(diagnosis),
        facts=list(facts(diagnosis)),
        several=len(diagnosis.logs) > 1,
        curves=curves(samples) if samples else (),
    )


def write_page(diagnosis: Diagnosis, path: Path, samples: Samples | None = None) -> None:
    """Write the page, whole or not at all. Raises UsageError where that cannot be done."""
    write_atomically(path, page(diagnosis, samples).encode())
