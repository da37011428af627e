"""The import of TensorFlow takes its process down."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import cause, failing, own_file, reinstall, said
from envprobe.doctor.rules.instruction_not_known_to_cpu import COMPILED_FOR
from envprobe.terms import Severity

TRUNCATED = (
    "A file that was mapped into memory is shorter than its own headers say: a library of "
    "TensorFlow was cut off by an interrupted copy or a full disk, or its network disk went away."
)
FOREIGN = (
    "Native code died while it was loaded: most often two libraries in one process that do not "
    "fit each other, one of them from LD_PRELOAD, LD_LIBRARY_PATH or another framework."
)


def _detect(examination: Examination) -> Iterator[Seen]:
    failure = examination.start_failure
    if failure is None or failure.kind != "crashed" or failure.signal == "SIGILL":
        return
    if cause(examination) or own_file(examination) or COMPILED_FOR.search(failure.reason):
        return
    first = examination.environ.get("LD_PRELOAD")
    with_it = f" (LD_PRELOAD={first})" if first else ""
    yield Seen(
        seen=f"{said(examination)}{with_it}",
        why=TRUNCATED if failure.signal == "SIGBUS" else FOREIGN,
        command=reinstall(examination),
    )


RULE = Rule(
    code="DOC604",
    name="tensorflow-crashes-at-start",
    severity=Severity.ERROR,
    why="No program can use this TensorFlow: the process ends without a Python error.",
    fix="Try it with LD_PRELOAD and LD_LIBRARY_PATH unset and in an environment of its own; "
    "install TensorFlow again. python -X faulthandler -c 'import tensorflow' shows where it dies.",
    source="https://docs.python.org/3/library/faulthandler.html",
    detect=_detect,
    hits=(
        lambda: failing("SIGSEGV", kind="crashed", signal="SIGSEGV"),
        lambda: failing("SIGBUS", kind="crashed", signal="SIGBUS"),
        lambda: failing("exited with code 3", kind="crashed"),
    ),
    misses=(
        lambda: failing("SIGILL", kind="crashed", signal="SIGILL"),
        lambda: failing("no answer within 120 s", kind="timed_out"),
        lambda: failing("ImportError: no such thing"),
    ),
)
