"""ml_dtypes lacks a dtype that TensorFlow asks for."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, fitting, said
from envprobe.terms import Severity

MESSAGE = "AttributeError: module 'ml_dtypes' has no attribute 'float8_e3m4'"


def _detect(examination: Examination) -> Iterator[Seen]:
    if blames(examination, "ml_dtypes"):
        version = examination.package("ml-dtypes")
        installed = f" (ml_dtypes {version})" if version else ""
        yield Seen(
            seen=f"{said(examination)}{installed}",
            command=fitting(examination, "ml_dtypes", ""),
        )


RULE = Rule(
    code="DOC614",
    name="ml-dtypes-mismatch",
    severity=Severity.ERROR,
    why="bfloat16, float8 and int4 come from ml_dtypes; TensorFlow and JAX ask for different "
    "versions of it, and the last one that was installed has won.",
    fix="Install the ml_dtypes that this TensorFlow asks for; give JAX an environment of its own.",
    source="https://github.com/jax-ml/ml_dtypes/blob/main/CHANGELOG.md",
    detect=_detect,
    hits=(
        lambda: with_package(failing(MESSAGE), "ml-dtypes", "0.2.0"),
        lambda: failing("ModuleNotFoundError: No module named 'ml_dtypes'"),
    ),
    misses=(lambda: failing("ImportError: numpy.core.umath failed to import"),),
)
