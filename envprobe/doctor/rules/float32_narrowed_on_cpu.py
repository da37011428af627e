"""oneDNN may compute float32 in a narrower type, by a variable."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity

VARIABLES = ("ONEDNN_DEFAULT_FPMATH_MODE", "TF_SET_ONEDNN_FPMATH_MODE")


def _detect(examination: Examination) -> Iterator[Seen]:
    for name in VARIABLES:
        if examination.environ.get(name, "STRICT").strip().upper() not in ("STRICT", ""):
            yield Seen(seen=shown(examination, name), command=unset_variable(name))


RULE = Rule(
    code="DOC525",
    name="float32-narrowed-on-cpu",
    severity=Severity.WARNING,
    why="Matrix products and convolutions of float32 keep 7 bits of the mantissa in bfloat16, 10 "
    "in TF32: errors of up to one part in a hundred where float32 promises one in ten million.",
    fix="Unset it where the numbers matter; ask for bfloat16 in the model where speed does.",
    source="https://uxlfoundation.github.io/oneDNN/dev_guide_attributes_fpmath_mode.html",
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_cpu(), ONEDNN_DEFAULT_FPMATH_MODE="BF16"),
        lambda: with_environ(healthy_cpu(), TF_SET_ONEDNN_FPMATH_MODE="bf16"),
    ),
    misses=(healthy_cpu, lambda: with_environ(healthy_cpu(), ONEDNN_DEFAULT_FPMATH_MODE="STRICT")),
)
