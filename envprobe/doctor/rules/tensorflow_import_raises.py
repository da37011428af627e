"""The import of TensorFlow raises, and the reason is none that has a rule of its own."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import cause, failing, own_file, reinstall, said
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    failure = examination.start_failure
    if failure is None or failure.kind not in ("raised", "garbage"):
        return
    whole = examination.inventory.software.tensorflow_init is not False
    if whole and cause(examination) is None and own_file(examination) is None:
        yield Seen(seen=said(examination), command=reinstall(examination))


RULE = Rule(
    code="DOC620",
    name="tensorflow-import-raises",
    severity=Severity.ERROR,
    why="No program can use this TensorFlow: they all stop at this error.",
    fix="The last frames of the traceback (python -c 'import tensorflow') name the package that it "
    "comes from: upgrade or reinstall that one, or TensorFlow with all that it needs.",
    source="https://www.tensorflow.org/install/errors",
    detect=_detect,
    hits=(
        lambda: failing("RuntimeError: something that nobody has seen before"),
        lambda: failing("answered garbage: hello", kind="garbage"),
    ),
    misses=(
        lambda: failing("ModuleNotFoundError: No module named 'absl'"),
        lambda: failing("SIGSEGV", kind="crashed", signal="SIGSEGV"),
    ),
)
