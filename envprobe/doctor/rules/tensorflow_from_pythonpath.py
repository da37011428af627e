"""TensorFlow comes from a folder of PYTHONPATH, not from the environment."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    software = examination.inventory.software
    folder, entries = software.tensorflow_folder, examination.environ.get("PYTHONPATH", "")
    several = len({one.folder for one in software.tensorflow or ()}) > 1
    if folder is None or several:  # two of them have a rule of their own
        return
    if folder.rstrip("/") in [entry.rstrip("/") for entry in entries.split(":") if entry]:
        yield Seen(
            seen=f"PYTHONPATH={entries}: tensorflow is that of {folder}",
            command=unset_variable("PYTHONPATH"),
        )


def _beside(folder: str) -> Examination:
    one = with_environ(healthy_cpu(), PYTHONPATH="/opt/shared/python")
    return changed(one, "inventory.software.tensorflow_folder", folder)


RULE = Rule(
    code="DOC520",
    name="tensorflow-from-pythonpath",
    severity=Severity.INFO,
    why="That folder goes before the environment's own packages, numpy and protobuf among them, "
    "for every interpreter that is started: it may hold builds for another Python.",
    fix="Unset PYTHONPATH and install TensorFlow into the environment, unless it is meant so.",
    source="https://docs.python.org/3/using/cmdline.html#envvar-PYTHONPATH",
    detect=_detect,
    hits=(lambda: _beside("/opt/shared/python"),),
    misses=(healthy_cpu, lambda: with_environ(healthy_cpu(), PYTHONPATH="/home/me/project")),
)
