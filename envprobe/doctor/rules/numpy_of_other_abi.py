"""An extension that was compiled for numpy 1 meets numpy 2, or the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import SITE, with_package, with_tensorflow_version
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, fitting, said
from envprobe.terms import Severity

IMPORTED = re.compile(r'File "[^"]*-packages/(\w+)/')
MESSAGE = "AttributeError: _ARRAY_API not found"
CONVERT = "TypeError: Unable to convert function return value to a Python type! The signature was"


def _detect(examination: Examination) -> Iterator[Seen]:
    if not blames(examination, "numpy"):
        return
    numpy, compiled = examination.package("numpy"), _compiled_for_numpy(examination)
    seen = f"{said(examination)} (numpy {numpy})" if numpy else said(examination)
    if compiled == "tensorflow":
        yield Seen(seen=seen, command=fitting(examination, "numpy", "<2"))
    else:
        yield Seen(
            seen=f"{seen}, while {compiled} was imported",
            fix=f"Install a {compiled} that was built for this numpy.",
            command=install(examination, "--upgrade", compiled),
        )


def _compiled_for_numpy(examination: Examination) -> str:
    """The package whose extension was being loaded: the last one in the traceback."""
    failure = examination.start_failure
    lines = "\n".join(failure.stderr_lines if failure else ())
    packages = [name for name in IMPORTED.findall(lines) if name != "numpy"]
    return packages[-1] if packages else "tensorflow"


def _old_with_numpy_2() -> Examination:
    failed = failing(f"{CONVERT} () -> handle", MESSAGE)
    return with_package(with_tensorflow_version(failed, "2.13.1"), "numpy", "2.1.3")


def _old_ml_dtypes() -> Examination:
    frames = [
        f'  File "{SITE}/tensorflow/python/framework/dtypes.py", line 21, in <module>',
        f'  File "{SITE}/ml_dtypes/__init__.py", line 32, in <module>',
    ]
    return failing("ImportError: numpy.core.umath failed to import", *frames)


RULE = Rule(
    code="DOC605",
    name="numpy-of-other-abi",
    severity=Severity.ERROR,
    why="numpy 2 changed the binary interface: extensions compiled for numpy 1 cannot be loaded. "
    "TensorFlow is compiled for numpy 2 from 2.18 on.",
    fix="Install a numpy that this TensorFlow was compiled for.",
    source="https://numpy.org/doc/stable/dev/depending_on_numpy.html",
    detect=_detect,
    hits=(_old_with_numpy_2, _old_ml_dtypes),
    misses=(
        lambda: failing("ImportError: libfoo.so.1: undefined symbol: PyArray_API"),
        lambda: failing("AttributeError: module 'numpy' has no attribute 'integer'"),
    ),
)
