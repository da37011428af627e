"""A file of the user's own has the name of a module that TensorFlow imports."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import failing, own_file, said
from envprobe.inventory.settings import FRAMEWORK_MODULES
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    guilty = own_file(examination)
    if guilty:
        yield Seen(seen=f"{guilty} is in the way: {said(examination)}", severity=Severity.ERROR)
        return
    for path in examination.inventory.settings.shadowing_modules:
        module = path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
        grave = module in FRAMEWORK_MODULES
        yield Seen(
            seen=f"{path} hides the module {module}",
            severity=Severity.WARNING if grave else Severity.INFO,
        )


def _with_file(examination: Examination, path: str) -> Examination:
    return changed(examination, "inventory.settings.shadowing_modules", (path,))


RULE = Rule(
    code="DOC610",
    name="module-shadowed-by-own-file",
    severity=Severity.WARNING,
    why="Python looks into the folder of the script and into PYTHONPATH before all others: every "
    "program started there imports this file instead of the module, and fails with names that "
    "are missing or with a circular import.",
    fix="Rename the file (and delete its __pycache__), or start the program from another folder.",
    source="https://docs.python.org/3/library/sys_path_init.html",
    detect=_detect,
    hits=(
        lambda: _with_file(healthy_cpu(), "/home/somebody/project/tensorflow.py"),
        lambda: _with_file(healthy_cpu(), "/home/somebody/project/random.py"),
        lambda: _with_file(
            failing(
                "ImportError: cannot import name 'Random' from 'random' "
                "(/home/somebody/project/random.py)"
            ),
            "/home/somebody/project/random.py",
        ),
        lambda: with_environ(
            _with_file(
                failing("AttributeError: module 'tensorflow' has no attribute 'config'"),
                "/home/somebody/project/tensorflow.py",
            ),
            PYTHONPATH="/home/somebody/project",
        ),
    ),
    misses=(healthy_cpu, lambda: failing("ModuleNotFoundError: No module named 'absl'")),
)
